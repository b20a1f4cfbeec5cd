WITH
marked AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        transform(event, {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) AS marks,
        nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v3:String}, 'Nullable(String)'), {v4:String}), JSONExtract(properties, {v3:String}, 'Nullable(String)'), NULL)), inf), -inf) AS number
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v7:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v8:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
)
SELECT min(number) AS least, max(number) AS greatest
FROM marked
WHERE who != 0 AND bitAnd(marks, toUInt64(3)) != 0
;
WITH
marked AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) - {v1:Int64} AS at,
        transform(event, {v3:Array(String)}, {v2:Array(UInt64)}, toUInt64(0)) AS marks,
        toLowCardinality('') AS group_key
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v9:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v10:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event IN {v8:Array(String)}
)
SELECT if(who < 536870911, bitOr(bitOr(bitShiftLeft(who, 35), bitShiftLeft(toUInt64(at), 2)), marks), toUInt64(18446744073709551615)) AS word, group_key
FROM marked
WHERE who != 0 AND marks != 0
SETTINGS output_format_arrow_low_cardinality_as_dictionary = 1
