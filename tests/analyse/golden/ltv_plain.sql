WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        1 AS acquires,
        event = {v1:String} AS pays,
        amount AS value
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v2:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v3:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (1 OR event = {v1:String})
),
everybody AS (
    SELECT who, minIf(at, acquires) AS since,
        groupArrayIf((at, assumeNotNull(value)), pays AND isNotNull(value)) AS paid
    FROM matched
    WHERE who != 0
    GROUP BY who
    HAVING countIf(acquires) > 0 AND since >= {v4:Int64} AND since < {v5:Int64}
),
members AS (
    SELECT who, since, toInt64(indexOf({v6:Array(Int64)}, roundDown(since, {v6:Array(Int64)}))) - 1 AS place,
        arrayFilter(one -> one.1 >= since, paid) AS revenue
    FROM everybody
)
SELECT place,
    count() AS people,
    sumForEach(arrayMap(length -> arraySum(one -> if(one.1 < since + length, one.2, 0), revenue), {v8:Array(Int64)})) AS sums
FROM members
GROUP BY place
