WITH
matched AS (
    SELECT nullIf(JSONExtract(traits, {v1:String}, 'Nullable(String)'), '') AS who,
        toUInt16(0) AS place,
        toInt32(-1) AS group_number
    FROM zuji.events LEFT ANY JOIN (SELECT person, identified, first_seen_ms, identifiers, traits FROM zuji.profiles FINAL WHERE workspace = {workspace:String} AND gone = 0) AS known ON known.person = dictGetOrDefault('zuji.person_0', 'person', anchor, anchor)
    WHERE occurred_at >= fromUnixTimestamp64Milli({v5:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v6:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND isNotNull(who)
),
figures AS (
    SELECT who, toUInt16(0) AS place, toInt32(-1) AS group_number, toFloat64(count()) AS figure
    FROM matched
    GROUP BY who
)
SELECT group_number, place, figure, count() AS people FROM figures GROUP BY group_number, place, figure
