WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v1:String}, 'Nullable(String)'), {v2:String}), JSONExtract(properties, {v1:String}, 'Nullable(String)'), NULL)), inf), -inf) AS number
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v6:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v7:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v5:String}
),
told AS (
    SELECT *,
        abs(number) < 1e8 AND round(number * 1e6) / 1e6 = number AS is_plain,
        NOT is_plain AND abs(number) < 1e45 AS is_fine,
        isFinite(number) AND abs(number) >= 1e45 AS is_huge
    FROM matched
    WHERE who != 0
),
summed AS (
    SELECT who, max(at) AS last_at, count() AS frequency,
        sum(toInt128(if(is_plain, toInt64(round(number * 1e6)), 0))) AS whole,
        sumIf(if(is_fine, toDecimal256OrZero(toString(assumeNotNull(number)), 20), toDecimal256(0, 20)), is_fine) AS fine,
        sumIf(assumeNotNull(number), is_huge) AS huge,
        fine = 0 AND huge = 0 AND abs(whole) < 9e18 AS fits,
        toInt64(if(fits, whole, 0)) AS millionths,
        if(fits, '', concat(toString(whole), ' ', toString(fine), ' ', toString(huge))) AS exact
    FROM told
    GROUP BY who
)
SELECT who, last_at, frequency, millionths, exact FROM summed ORDER BY who
