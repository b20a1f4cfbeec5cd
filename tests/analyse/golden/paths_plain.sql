WITH
named AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        nullIf(toNullable(toString(event)), '') AS item
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v1:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v2:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
),
stripped AS (
    SELECT who, at, position, if(endsWith(item, '/'), ifNull(nullIf(trimRight(item, '/'), ''), '/'), item) AS bare FROM named
),
dressed AS (
    SELECT who, at, position, bare AS text FROM stripped
)
SELECT text, max(who) AS greatest FROM dressed WHERE who != 0
GROUP BY text LIMIT {v3:Int64}
;
WITH
named AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        nullIf(toNullable(toString(event)), '') AS item
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v3:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v4:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
),
stripped AS (
    SELECT who, at, position, if(endsWith(item, '/'), ifNull(nullIf(trimRight(item, '/'), ''), '/'), item) AS bare FROM named
),
dressed AS (
    SELECT who, at, position, bare AS text FROM stripped
),
marked AS (
    SELECT who, at, position, transform(ifNull(text, ''), {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) AS mark FROM dressed WHERE mark != 0
)
SELECT bitOr(bitShiftLeft(toUInt64(who), 33), bitOr(bitShiftLeft(toUInt64(at - {v5:Int64}), 1), mark)) AS word FROM marked WHERE who != 0
