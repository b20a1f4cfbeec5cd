WITH
deciding AS (
    SELECT nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v1:String}, 'Nullable(String)'), {v2:String}), JSONExtract(properties, {v1:String}, 'Nullable(String)'), NULL)), inf), -inf) AS number
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v9:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v10:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND ((event = {v5:String} AND occurred_at >= fromUnixTimestamp64Milli({v6:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v7:Int64})) OR (event = {v8:String}))
)
SELECT min(number) AS least, max(number) AS greatest FROM deciding
;
WITH
deciding AS (
    SELECT '' AS group_key,
        event = {v5:String} AND occurred_at >= fromUnixTimestamp64Milli({v6:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v7:Int64}) AS counted
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v12:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v13:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND ((event = {v8:String} AND occurred_at >= fromUnixTimestamp64Milli({v9:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v10:Int64})) OR (event = {v11:String}))
)
SELECT group_key, ifNull(toFloat64(countIf(counted)), 0) AS size FROM deciding GROUP BY group_key ORDER BY size DESC, group_key = '', group_key LIMIT {v14:Int64}
;
WITH
matched AS (
    SELECT toUInt32(intDiv(toUnixTimestamp64Milli(occurred_at) - {v1:Int64}, {v2:Int64})) AS place,
        toUInt32(toUInt32(0) + 1) AS grp
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v8:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v9:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v7:String}
)
SELECT grp, place, count() AS figure FROM matched GROUP BY CUBE(grp, place)
;
WITH
matched AS (
    SELECT toUInt32(intDiv(toUnixTimestamp64Milli(occurred_at) - {v1:Int64}, {v2:Int64})) AS place,
        dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUInt32(toUInt32(0) + 1) AS grp
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v8:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v9:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v7:String}
        AND who != 0
),
present AS (
    SELECT who, groupBitOr(bitShiftLeft(toUInt64(1), place - 1)) AS seen_in_0
    FROM matched
    GROUP BY who
),
split AS (
    SELECT arrayJoin([(toUInt32(0), seen_in_0)]) AS one, one.1 AS grp, one.2 AS seen_in FROM present WHERE seen_in != 0
),
placed AS (
    SELECT arrayMap(bit -> toInt32(bit) + 1, bitPositionsToArray(seen_in)) AS places, grp FROM split
)
SELECT arrayJoin(arrayConcat(places, arrayMap((into, following) -> -least(into + {v10:Int32}, following), places, arrayPushBack(arrayPopFront(places), 2147483647)))) AS place, grp, count() AS figure
FROM placed
GROUP BY place, grp
