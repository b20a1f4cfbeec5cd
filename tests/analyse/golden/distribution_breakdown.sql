WITH
deciding AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        ifNull(JSONExtract(properties, {v1:String}, 'Nullable(String)'), '') AS group_key
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v6:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v7:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v5:String}
        AND who != 0
)
SELECT group_key, uniqExact(who) AS size FROM deciding GROUP BY group_key ORDER BY size DESC, group_key = '', group_key LIMIT {v8:Int64}
;
WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUInt16(intDiv(toUnixTimestamp64Milli(occurred_at) - {v5:Int64}, {v6:Int64})) AS place,
        arrayJoin([toInt32(-1), toInt32(toUInt32(0))]) AS group_number
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v8:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v9:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v7:String}
        AND who != 0
),
figures AS (
    SELECT who, place, group_number, toFloat64(count()) AS figure
    FROM matched
    GROUP BY who, place, group_number
)
SELECT group_number, place, figure, count() AS people FROM figures GROUP BY group_number, place, figure
