WITH
named AS (
    SELECT anchor AS anchor,
        multiIf(event = {v8:String}, ifNull(coalesce(JSONExtract(properties, {v1:String}, 'Nullable(String)'), nullIf(url_path, '')), ''), event NOT IN {v9:Array(String)}, event, '') AS item
    FROM zuji.events
    WHERE workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND _partition_id >= {v10:String} AND _partition_id <= {v11:String}
),
different AS (
    SELECT item, max(anchor) AS greatest FROM named
    GROUP BY item LIMIT {v12:Int64}
),
stripped AS (
    SELECT item, greatest, if(endsWith(item, '/'), ifNull(nullIf(trimRight(item, '/'), ''), '/'), toString(item)) AS bare FROM different
),
dressed AS (
    SELECT item, greatest, multiIf(bare = '', '', bare LIKE {v13:String}, {v14:String}, bare LIKE {v15:String}, {v16:String}, bare) AS text FROM stripped
),
staying AS (
    SELECT item, greatest, text FROM dressed WHERE text NOT IN {v17:Array(String)}
)
SELECT item, text, greatest FROM staying
;
WITH
named AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        anchor AS anchor,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        multiIf(event = {v10:String}, ifNull(coalesce(JSONExtract(properties, {v3:String}, 'Nullable(String)'), nullIf(url_path, '')), ''), event NOT IN {v11:Array(String)}, event, '') AS item
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v12:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v13:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
),
marked AS (
    SELECT who, at, position, transform(item, {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) AS mark FROM named WHERE mark != 0
)
SELECT if(who < 1073741824, bitOr(bitShiftLeft(toUInt64(who), 33), bitOr(bitShiftLeft(toUInt64(at - {v14:Int64}), 1), mark)), toUInt64(18446744073709551615)) AS word FROM marked WHERE who != 0
