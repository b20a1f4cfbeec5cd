WITH
logged AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        toUInt8((event = {v1:String}) * 1 + (event = {v2:String}) * 2) AS marks
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v3:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v4:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (event = {v1:String} OR event = {v2:String})
        AND who != 0
)
SELECT who, at, marks FROM logged ORDER BY who, at, position
