WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        (event = {v1:String} AND ifNull(JSONExtract(properties, {v2:String}, 'Nullable(String)') = {v6:String}, 0)) AS acquires,
        event = {v7:String} AS pays,
        nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v8:String}, 'Nullable(String)'), {v9:String}), JSONExtract(properties, {v8:String}, 'Nullable(String)'), NULL)), inf), -inf) AS value
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v12:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v13:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND ((event = {v1:String} AND ifNull(JSONExtract(properties, {v2:String}, 'Nullable(String)') = {v6:String}, 0)) OR event = {v7:String})
),
everybody AS (
    SELECT who, minIf(at, acquires) AS since,
        groupArrayIf((at, assumeNotNull(value)), pays AND isNotNull(value)) AS paid
    FROM matched
    WHERE who != 0
    GROUP BY who
    HAVING countIf(acquires) > 0 AND since >= {v14:Int64} AND since < {v15:Int64}
),
members AS (
    SELECT who, since, toInt64(indexOf({v16:Array(Int64)}, roundDown(since, {v16:Array(Int64)}))) - 1 AS place,
        arrayFilter(one -> one.1 >= since, paid) AS revenue
    FROM everybody
)
SELECT place,
    count() AS people,
    sumKahanForEach(arrayMap(length -> arraySum(one -> if(one.1 < since + length, one.2, 0), revenue), {v18:Array(Int64)})) AS sums
FROM members
GROUP BY place
