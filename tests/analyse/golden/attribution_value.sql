WITH
moments AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        if((1 AND (ifNull(coalesce(JSONExtract(properties, {v1:String}, 'Nullable(String)'), nullIf(utm_medium, '')) = {v8:String}, 0))), toNullable(toString(coalesce(JSONExtract(properties, {v10:String}, 'Nullable(String)'), nullIf(utm_source, '')))), NULL) AS text,
        toUInt64(event = {v9:String} AND occurred_at >= fromUnixTimestamp64Milli({v21:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v22:Int64})) AS goal,
        toFloat64(ifNull(if(isNull(JSONExtract(properties, {v17:String}, 'Nullable(String)')), toFloat64(amount), nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v17:String}, 'Nullable(String)'), {v18:String}), JSONExtract(properties, {v17:String}, 'Nullable(String)'), NULL)), inf), -inf)), 0)) AS worth
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v23:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v24:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND ((1 AND (ifNull(coalesce(JSONExtract(properties, {v1:String}, 'Nullable(String)'), nullIf(utm_medium, '')) = {v8:String}, 0))) OR event = {v9:String})
)
SELECT text, max(who) AS greatest FROM moments WHERE who != 0
GROUP BY text LIMIT {v25:Int64}
;
WITH
moments AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        if((1 AND (ifNull(coalesce(JSONExtract(properties, {v3:String}, 'Nullable(String)'), nullIf(utm_medium, '')) = {v10:String}, 0))), toNullable(toString(coalesce(JSONExtract(properties, {v12:String}, 'Nullable(String)'), nullIf(utm_source, '')))), NULL) AS text,
        toUInt64(event = {v11:String} AND occurred_at >= fromUnixTimestamp64Milli({v23:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v24:Int64})) AS goal,
        toFloat64(ifNull(if(isNull(JSONExtract(properties, {v19:String}, 'Nullable(String)')), toFloat64(amount), nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v19:String}, 'Nullable(String)'), {v20:String}), JSONExtract(properties, {v19:String}, 'Nullable(String)'), NULL)), inf), -inf)), 0)) AS worth
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v25:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v26:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND ((1 AND (ifNull(coalesce(JSONExtract(properties, {v3:String}, 'Nullable(String)'), nullIf(utm_medium, '')) = {v10:String}, 0))) OR event = {v11:String})
),
marked AS (
    SELECT who, at, position, transform(ifNull(text, ''), {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) * 2 + goal AS mark, worth FROM moments WHERE mark != 0
)
SELECT if(who < 1073741824, bitOr(bitShiftLeft(toUInt64(who), 33), bitOr(bitShiftLeft(toUInt64(at - {v27:Int64}), 1), mark)), toUInt64(18446744073709551615)) AS word, worth FROM marked WHERE who != 0
