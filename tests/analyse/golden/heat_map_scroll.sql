WITH
clicks AS (
    SELECT nullIf(JSONExtract(properties, {v1:String}, 'Nullable(String)'), '') AS who,
        url_path AS page,
        element AS item
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v5:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v6:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND element != ''
        AND isNotNull(who)
)
SELECT grouping(page, item) != 0 AS is_all, page, item, count() AS clicks, uniqExactIf(who, isNotNull(who)) AS people
FROM clicks
GROUP BY GROUPING SETS ((page, item), ())
ORDER BY is_all DESC, clicks DESC, page = '', page, item = '', item
LIMIT {v7:Int64}
;
WITH
scrolled AS (
    SELECT nullIf(JSONExtract(properties, {v5:String}, 'Nullable(String)'), '') AS who,
        assumeNotNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v1:String}, 'Nullable(String)'), {v2:String}), JSONExtract(properties, {v1:String}, 'Nullable(String)'), NULL)), inf), -inf)) AS depth
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v10:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v11:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v9:String}
        AND isNotNull(who)
        AND ifNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v1:String}, 'Nullable(String)'), {v2:String}), JSONExtract(properties, {v1:String}, 'Nullable(String)'), NULL)), inf), -inf) BETWEEN 0 AND 100, 0)
),
deepest AS (
    SELECT who, max(depth) AS depth FROM scrolled GROUP BY who
)
SELECT countIf(depth >= 0) AS at_0, countIf(depth >= 10) AS at_10, countIf(depth >= 20) AS at_20, countIf(depth >= 30) AS at_30, countIf(depth >= 40) AS at_40, countIf(depth >= 50) AS at_50, countIf(depth >= 60) AS at_60, countIf(depth >= 70) AS at_70, countIf(depth >= 80) AS at_80, countIf(depth >= 90) AS at_90, countIf(depth >= 100) AS at_100 FROM deepest
