WITH
named AS (
    SELECT anchor AS anchor,
        event AS item
    FROM zuji.events
    WHERE workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND _partition_id >= {v1:String} AND _partition_id <= {v2:String}
),
different AS (
    SELECT item, max(anchor) AS greatest FROM named
    GROUP BY item LIMIT {v3:Int64}
),
stripped AS (
    SELECT item, greatest, if(endsWith(item, '/'), ifNull(nullIf(trimRight(item, '/'), ''), '/'), toString(item)) AS bare FROM different
),
dressed AS (
    SELECT item, greatest, bare AS text FROM stripped
)
SELECT item, text, greatest FROM dressed
;
WITH
named AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        anchor AS anchor,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        event AS item
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v3:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v4:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
),
marked AS (
    SELECT who, at, position, transform(item, {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) AS mark FROM named WHERE mark != 0
)
SELECT if(who < 1073741824, bitOr(bitShiftLeft(toUInt64(who), 33), bitOr(bitShiftLeft(toUInt64(at - {v5:Int64}), 1), mark)), toUInt64(18446744073709551615)) AS word FROM marked WHERE who != 0
