SELECT count() AS events, quantiles(0.015625, 0.03125, 0.046875, 0.0625, 0.078125, 0.09375, 0.109375, 0.125, 0.140625, 0.15625, 0.171875, 0.1875, 0.203125, 0.21875, 0.234375, 0.25, 0.265625, 0.28125, 0.296875, 0.3125, 0.328125, 0.34375, 0.359375, 0.375, 0.390625, 0.40625, 0.421875, 0.4375, 0.453125, 0.46875, 0.484375, 0.5, 0.515625, 0.53125, 0.546875, 0.5625, 0.578125, 0.59375, 0.609375, 0.625, 0.640625, 0.65625, 0.671875, 0.6875, 0.703125, 0.71875, 0.734375, 0.75, 0.765625, 0.78125, 0.796875, 0.8125, 0.828125, 0.84375, 0.859375, 0.875, 0.890625, 0.90625, 0.921875, 0.9375, 0.953125, 0.96875, 0.984375)(anchor) AS anchors FROM zuji.events
WHERE workspace = {workspace:String} AND occurred_at >= fromUnixTimestamp64Milli({v1:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v2:Int64})
;
WITH
logged AS (
    SELECT anchor AS anchor,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        toUInt8((type IN ('page', 'screen')) * 1 + (event = {v1:String} AND ifNull(JSONExtract(properties, {v2:String}, 'Nullable(String)') = {v6:String}, 0)) * 2) AS bits,
        url_path AS path
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v9:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v10:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND anchor >= {v7:Int64} AND anchor < {v8:Int64}
),
logs AS (
    SELECT anchor, arraySort(groupArray((at, position, bits, path))) AS log FROM logged GROUP BY anchor
),
visits AS (
    SELECT anchor, arrayJoin(arraySplit((one, pause) -> pause > {v11:Int64}, log, arrayDifference(log.1))) AS visit
    FROM logs
),
sessions AS (
    SELECT anchor, visit[1].1 AS at, fromUnixTimestamp64Milli(at, 'UTC') AS occurred_at, visit[1].2 AS position,
        visit[-1].1 - at AS ms, length(visit) AS events, arrayCount(bits -> bitAnd(bits, 1) != 0, visit.3) AS pages,
        arrayFirst(path -> path != '', visit.4) AS entry, arrayLast(path -> path != '', visit.4) AS exit
    FROM visits
    WHERE at >= {v12:Int64} AND at < {v13:Int64} AND arrayExists(bits -> bitAnd(bits, 2) != 0, visit.3)
)
SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who, toUInt16(intDiv(at - {v14:Int64}, {v15:Int64})) AS place, ms, events, pages, entry, exit
FROM sessions
WHERE 1
