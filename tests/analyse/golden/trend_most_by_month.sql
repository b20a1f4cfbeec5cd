WITH
matched AS (
    SELECT toUInt32(intDiv(toUnixTimestamp64Milli(occurred_at) - {v1:Int64}, {v2:Int64})) AS place,
        dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v4:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v5:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v3:String}
        AND who != 0
),
own AS (
    SELECT who, place, count() AS events FROM matched GROUP BY GROUPING SETS ((who, place), (who))
)
SELECT place, max(events) AS figure FROM own GROUP BY place
