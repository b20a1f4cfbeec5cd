WITH
moments AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        if(event = {v1:String}, toNullable(toString(coalesce(JSONExtract(properties, {v3:String}, 'Nullable(String)'), nullIf(utm_source, '')))), NULL) AS text,
        toUInt64(event = {v2:String} AND occurred_at >= fromUnixTimestamp64Milli({v10:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v11:Int64})) AS goal,
        toFloat64(ifNull(0, 0)) AS worth
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v12:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v13:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (event = {v1:String} OR event = {v2:String})
)
SELECT text, max(who) AS greatest FROM moments WHERE who != 0
GROUP BY text LIMIT {v14:Int64}
;
WITH
moments AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        if(event = {v3:String}, toNullable(toString(coalesce(JSONExtract(properties, {v5:String}, 'Nullable(String)'), nullIf(utm_source, '')))), NULL) AS text,
        toUInt64(event = {v4:String} AND occurred_at >= fromUnixTimestamp64Milli({v12:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v13:Int64})) AS goal,
        toFloat64(ifNull(0, 0)) AS worth
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v14:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v15:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (event = {v3:String} OR event = {v4:String})
),
marked AS (
    SELECT who, at, position, transform(ifNull(text, ''), {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) * 2 + goal AS mark, worth FROM moments WHERE mark != 0
)
SELECT if(who < 536870912, bitOr(bitShiftLeft(toUInt64(who), 34), bitOr(bitShiftLeft(toUInt64(at - {v16:Int64}), 1), mark)), toUInt64(18446744073709551615)) AS word, worth FROM marked WHERE who != 0
