WITH
named AS (
    SELECT anchor AS anchor,
        event AS item
    FROM zuji.events
    WHERE workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (ifNull(coalesce(JSONExtract(properties, {v3:String}, 'Nullable(String)'), nullIf(channel, '')) = {v10:String}, 0))
        AND _partition_id >= {v1:String} AND _partition_id <= {v2:String}
),
different AS (
    SELECT item, max(anchor) AS greatest FROM named
    GROUP BY item LIMIT {v11:Int64}
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
    SELECT nullIf(JSONExtract(properties, {v3:String}, 'Nullable(String)'), '') AS who,
        anchor AS anchor,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        event AS item
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v7:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v8:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (ifNull(coalesce(JSONExtract(properties, {v9:String}, 'Nullable(String)'), nullIf(channel, '')) = {v16:String}, 0))
),
marked AS (
    SELECT who, at, position, transform(item, {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) AS mark FROM named WHERE mark != 0
)
SELECT assumeNotNull(who) AS who_key, at, position, mark FROM marked WHERE isNotNull(who)
