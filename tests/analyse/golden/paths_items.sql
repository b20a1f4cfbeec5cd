WITH
named AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        nullIf(multiIf(event = {v8:String}, toNullable(toString(coalesce(JSONExtract(properties, {v1:String}, 'Nullable(String)'), nullIf(url_path, '')))), event NOT IN {v9:Array(String)}, toNullable(toString(event)), CAST(NULL, 'Nullable(String)')), '') AS item
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v10:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v11:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
),
stripped AS (
    SELECT who, at, position, if(endsWith(item, '/'), ifNull(nullIf(trimRight(item, '/'), ''), '/'), item) AS bare FROM named
),
dressed AS (
    SELECT who, at, position, multiIf(isNull(bare), NULL, bare LIKE {v12:String}, {v13:String}, bare LIKE {v14:String}, {v15:String}, bare) AS text FROM stripped
),
staying AS (
    SELECT who, at, position, text FROM dressed WHERE text NOT IN {v16:Array(String)}
)
SELECT text, max(who) AS greatest FROM staying WHERE who != 0
GROUP BY text LIMIT {v17:Int64}
;
WITH
named AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        nullIf(multiIf(event = {v10:String}, toNullable(toString(coalesce(JSONExtract(properties, {v3:String}, 'Nullable(String)'), nullIf(url_path, '')))), event NOT IN {v11:Array(String)}, toNullable(toString(event)), CAST(NULL, 'Nullable(String)')), '') AS item
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v12:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v13:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
),
stripped AS (
    SELECT who, at, position, if(endsWith(item, '/'), ifNull(nullIf(trimRight(item, '/'), ''), '/'), item) AS bare FROM named
),
dressed AS (
    SELECT who, at, position, multiIf(isNull(bare), NULL, bare LIKE {v14:String}, {v15:String}, bare LIKE {v16:String}, {v17:String}, bare) AS text FROM stripped
),
staying AS (
    SELECT who, at, position, text FROM dressed WHERE text NOT IN {v18:Array(String)}
),
marked AS (
    SELECT who, at, position, transform(ifNull(text, ''), {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) AS mark FROM staying WHERE mark != 0
)
SELECT bitOr(bitShiftLeft(toUInt64(who), 33), bitOr(bitShiftLeft(toUInt64(at - {v19:Int64}), 1), mark)) AS word FROM marked WHERE who != 0
