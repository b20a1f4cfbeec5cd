WITH
matched AS (
    SELECT toUInt32(intDiv(toUnixTimestamp64Milli(occurred_at) - {v1:Int64}, {v2:Int64})) AS place,
        dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v4:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v5:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v3:String}
        AND who != 0
),
present AS (
    SELECT who, groupBitOr(bitShiftLeft(toUInt64(1), place - 1)) AS seen_in
    FROM matched
    GROUP BY who
),
placed AS (
    SELECT arrayMap(bit -> toInt32(bit) + 1, bitPositionsToArray(seen_in)) AS places FROM present
)
SELECT arrayJoin(arrayConcat(places, arrayMap((into, following) -> -least(into + {v6:Int32}, following), places, arrayPushBack(arrayPopFront(places), 2147483647)))) AS place, count() AS figure
FROM placed
GROUP BY place
