WITH
named AS (
    SELECT anchor AS anchor,
        ifNull(nullIf(url_path, ''), '') AS item
    FROM zuji.events
    WHERE workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND _partition_id >= {v4:String} AND _partition_id <= {v5:String}
),
different AS (
    SELECT item, max(anchor) AS greatest FROM named
    GROUP BY item LIMIT {v6:Int64}
),
stripped AS (
    SELECT item, greatest, toString(item) AS bare FROM different
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
        ifNull(nullIf(url_path, ''), '') AS item
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v6:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v7:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
),
marked AS (
    SELECT who, at, position, transform(item, {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) AS mark FROM named WHERE mark != 0
)
SELECT if(who < 1073741824, bitOr(bitShiftLeft(toUInt64(who), 33), bitOr(bitShiftLeft(toUInt64(at - {v8:Int64}), 1), mark)), toUInt64(18446744073709551615)) AS word FROM marked WHERE who != 0
