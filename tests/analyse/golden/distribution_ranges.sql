WITH
deciding AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v1:String}, 'Nullable(String)'), {v2:String}), JSONExtract(properties, {v1:String}, 'Nullable(String)'), NULL)), inf), -inf) AS to_bin,
        assumeNotNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v5:String}, 'Nullable(String)'), {v6:String}), JSONExtract(properties, {v5:String}, 'Nullable(String)'), NULL)), inf), -inf)) AS measured
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v9:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v10:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND who != 0
        AND isNotNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v5:String}, 'Nullable(String)'), {v6:String}), JSONExtract(properties, {v5:String}, 'Nullable(String)'), NULL)), inf), -inf))
)
SELECT min(to_bin) AS least, max(to_bin) AS greatest FROM deciding
;
WITH
deciding AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        '' AS group_key,
        assumeNotNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v5:String}, 'Nullable(String)'), {v6:String}), JSONExtract(properties, {v5:String}, 'Nullable(String)'), NULL)), inf), -inf)) AS measured
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v9:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v10:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND who != 0
        AND isNotNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v5:String}, 'Nullable(String)'), {v6:String}), JSONExtract(properties, {v5:String}, 'Nullable(String)'), NULL)), inf), -inf))
)
SELECT group_key, uniqExact(who) AS size FROM deciding GROUP BY group_key ORDER BY size DESC, group_key = '', group_key LIMIT {v11:Int64}
;
WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUInt16(0) AS place,
        arrayJoin([toInt32(-1), toInt32(toUInt32(0))]) AS group_number,
        assumeNotNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v5:String}, 'Nullable(String)'), {v6:String}), JSONExtract(properties, {v5:String}, 'Nullable(String)'), NULL)), inf), -inf)) AS measured
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v9:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v10:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND who != 0
        AND isNotNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v5:String}, 'Nullable(String)'), {v6:String}), JSONExtract(properties, {v5:String}, 'Nullable(String)'), NULL)), inf), -inf))
),
figures AS (
    SELECT who, toUInt16(0) AS place, group_number, sumKahan(measured) / count() AS figure
    FROM matched
    GROUP BY who, group_number
)
SELECT group_number, place, figure, count() AS people FROM figures GROUP BY group_number, place, figure
