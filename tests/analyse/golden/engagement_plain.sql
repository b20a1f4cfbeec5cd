WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        if(event = {v1:String}, toInt64(round({v5:Float64} * exp2(-({v3:Int64} - toUnixTimestamp64Milli(occurred_at)) / {v4:Int64}) * 1e6)), 0) AS part0,
        if(event = {v2:String}, toInt64(round({v6:Float64} * exp2(-({v3:Int64} - toUnixTimestamp64Milli(occurred_at)) / {v4:Int64}) * 1e6)), 0) AS part1
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v7:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v8:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (event = {v1:String} OR event = {v2:String})
)
SELECT who,
    sum(part0) AS part0,
    sum(part1) AS part1
FROM matched
WHERE who != 0
GROUP BY who
ORDER BY who
