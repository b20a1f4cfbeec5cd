WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v3:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v4:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v2:String}
),
active AS (
    SELECT who, min(at) AS first_at,
        arrayMap(place -> toInt32(place) + 1, arraySort(groupUniqArrayIf(toUInt16(intDiv(greatest(at, {v5:Int64}) - {v6:Int64}, {v7:Int64})), at >= {v5:Int64}))) AS places
    FROM matched
    WHERE who != 0
    GROUP BY who
    HAVING notEmpty(places)
),
stated AS (
    SELECT who,
        arrayJoin(arrayConcat(
            arrayMap((place, before) -> (place, multiIf(
                {v1:Array(Int64)}[place] <= first_at, 'new', before = place - 1, 'returning', 'resurrecting'
            )), places, arrayPopBack(arrayPushFront(places, 0))),
            arrayMap(place -> (place + 1, 'dormant'), arrayFilter(place -> NOT has(places, place + 1), places))
        )) AS stated,
        stated.1 - 2 AS place, stated.2 AS status
    FROM active
    WHERE place >= 0 AND place < {v8:Int64}
)
SELECT place, status, count() AS people FROM stated GROUP BY place, status
