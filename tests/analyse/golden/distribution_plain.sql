WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUInt16(0) AS place,
        toInt32(-1) AS group_number
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v2:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v3:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v1:String}
        AND who != 0
),
figures AS (
    SELECT who, toUInt16(0) AS place, toInt32(-1) AS group_number, toFloat64(count()) AS figure
    FROM matched
    GROUP BY who
)
SELECT group_number, place, figure, count() AS people FROM figures GROUP BY group_number, place, figure
