SELECT DISTINCT ifNull(nullIf(channel, ''), '') AS group_key FROM zuji.events
WHERE workspace = {workspace:String} AND _partition_id >= {v4:String} AND _partition_id <= {v5:String}
LIMIT {v6:Int64}
;
WITH
matched AS (
    SELECT toUInt32(intDiv(toUnixTimestamp64Milli(occurred_at) - {v1:Int64}, {v2:Int64})) AS place,
        dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUInt32(toUInt32(0) + 1) AS grp
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v7:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v8:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v6:String}
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
SELECT arrayJoin(arrayConcat(places, [0, -places[1]])) AS place, grp, count() AS figure
FROM placed
GROUP BY place, grp
