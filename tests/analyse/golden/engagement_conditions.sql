WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        if((1 AND ifNull(JSONExtract(properties, {v1:String}, 'Nullable(String)') = {v5:String}, 0)), toInt64(round({v8:Float64} * exp2(-({v6:Int64} - toUnixTimestamp64Milli(occurred_at)) / {v7:Int64}) * 1e6)), 0) AS part0
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v9:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v10:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND ((1 AND ifNull(JSONExtract(properties, {v1:String}, 'Nullable(String)') = {v5:String}, 0)))
)
SELECT who,
    sum(part0) AS part0
FROM matched
WHERE who != 0
GROUP BY who
ORDER BY who
