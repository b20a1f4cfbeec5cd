WITH
matched AS (
    SELECT toUInt32(intDiv(toUnixTimestamp64Milli(occurred_at) - {v1:Int64}, {v2:Int64})) AS place,
        nullIf(JSONExtract(properties, {v3:String}, 'Nullable(String)'), '') AS who
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v8:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v9:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v7:String}
        AND isNotNull(who)
)
SELECT place, count() / uniqExact(who) AS figure FROM matched GROUP BY CUBE(place)
