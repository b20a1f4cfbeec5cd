WITH
matched AS (
    SELECT toUInt32(intDiv(toUnixTimestamp64Milli(occurred_at) - {v1:Int64}, {v2:Int64})) AS place
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v4:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v5:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v3:String}
)
SELECT place, count() AS figure FROM matched GROUP BY CUBE(place)
