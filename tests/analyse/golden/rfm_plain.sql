WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        amount AS number
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v2:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v3:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v1:String}
),
summed AS (
    SELECT who, max(at) AS last_at, count() AS frequency,
        reinterpret(ifNull(sum(number), toDecimal128(0, 6)), 'Int128') AS whole,
        abs(whole) < 9e18 AS fits,
        toInt64(if(fits, whole, 0)) AS millionths,
        if(fits, '', concat(toString(whole), ' 0 0')) AS exact
    FROM matched
    WHERE who != 0
    GROUP BY who
)
SELECT who, last_at, frequency, millionths, exact FROM summed ORDER BY who
