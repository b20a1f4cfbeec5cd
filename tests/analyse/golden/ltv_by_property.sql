WITH
matched AS (
    SELECT nullIf(JSONExtract(traits, {v2:String}, 'Nullable(String)'), '') AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        1 AS acquires,
        event = {v1:String} AS pays,
        amount AS value
    FROM zuji.events LEFT ANY JOIN (SELECT person, identified, first_seen_ms, identifiers, traits FROM zuji.profiles FINAL WHERE workspace = {workspace:String} AND gone = 0) AS known ON known.person = dictGetOrDefault('zuji.person_0', 'person', anchor, anchor)
    WHERE occurred_at >= fromUnixTimestamp64Milli({v6:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v7:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (1 OR event = {v1:String})
),
everybody AS (
    SELECT who, minIf(at, acquires) AS since,
        groupArrayIf((at, assumeNotNull(value)), pays AND isNotNull(value)) AS paid
    FROM matched
    WHERE isNotNull(who)
    GROUP BY who
    HAVING countIf(acquires) > 0 AND since >= {v8:Int64} AND since < {v9:Int64}
),
members AS (
    SELECT who, since, toInt64(indexOf({v10:Array(Int64)}, roundDown(since, {v10:Array(Int64)}))) - 1 AS place,
        arrayFilter(one -> one.1 >= since, paid) AS revenue
    FROM everybody
)
SELECT place,
    count() AS people,
    sumForEach(arrayMap(length -> arraySum(one -> if(one.1 < since + length, one.2, 0), revenue), {v12:Array(Int64)})) AS sums
FROM members
GROUP BY place
