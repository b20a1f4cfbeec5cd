WITH
matched AS (
    SELECT toUInt32(intDiv(toUnixTimestamp64Milli(occurred_at) - {v1:Int64}, {v2:Int64})) AS place,
        JSONExtract(properties, {v3:String}, 'Nullable(String)') AS text
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v7:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v8:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND isNotNull(text)
),
present AS (
    SELECT text, groupUniqArray(toInt32(place)) AS seen_in
    FROM matched
    GROUP BY text
),
placed AS (
    SELECT arraySort(seen_in) AS places FROM present
)
SELECT arrayJoin(arrayConcat(places, [0, -places[1]])) AS place, count() AS figure
FROM placed
GROUP BY place
