WITH
marked AS (
    SELECT nullIf(JSONExtract(traits, {v1:String}, 'Nullable(String)'), '') AS who,
        toUnixTimestamp64Milli(occurred_at) - {v5:Int64} AS at,
        transform(event, {v7:Array(String)}, {v6:Array(UInt64)}, toUInt64(0)) AS marks,
        position AS position
    FROM zuji.events LEFT ANY JOIN (SELECT person, identified, first_seen_ms, identifiers, traits FROM zuji.profiles FINAL WHERE workspace = {workspace:String} AND gone = 0) AS known ON known.person = dictGetOrDefault('zuji.person_0', 'person', anchor, anchor)
    WHERE occurred_at >= fromUnixTimestamp64Milli({v9:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v10:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event IN {v8:Array(String)}
)
SELECT who, at, marks, position
FROM marked
WHERE isNotNull(who) AND marks != 0
ORDER BY who, at
SETTINGS output_format_arrow_low_cardinality_as_dictionary = 1
