WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        event = {v3:String} AND at < {v2:Int64} AS target,
        event = {v4:String} AND at >= {v1:Int64} AS returning,
        if(at < {v1:Int64}, toUInt16(0), toUInt16(toUInt16(intDiv(toUnixTimestamp64Milli(occurred_at) - {v5:Int64}, {v6:Int64})) + 1)) AS period
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v7:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v8:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (target OR returning)
        AND who != 0
),
by_person AS (
    SELECT who, groupBitOrIf(bitShiftLeft(toUInt64(1), period), target) AS targets, groupBitOrIf(bitShiftLeft(toUInt64(1), period), returning) AS returns
    FROM matched
    GROUP BY who
    HAVING targets != 0
)
SELECT targets, returns, count() AS people FROM by_person GROUP BY targets, returns
