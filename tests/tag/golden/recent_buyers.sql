WITH
happened AS (
    SELECT <whose> AS person,
        toUnixTimestamp64Milli(occurred_at) AS ms,
        position,
        event_id,
        event,
        toUInt8(event = {v1:String}) AS e1
    FROM zuji.events
    WHERE workspace = {workspace:String} AND occurred_at <= fromUnixTimestamp64Milli({v4:Int64}) AND bitAnd(flags, 258) = 0
),
figures AS (
    SELECT person,
        countIf(e1 AND ms >= {v2:Int64}) AS f1
    FROM happened
    WHERE person != 0
    GROUP BY person
),
answers AS (
    SELECT person, if(ifNull(toFloat64(f1) >= {v3:Float64}, 0), toNullable(true), NULL) AS value
    FROM figures
)
SELECT person, value FROM answers WHERE isNotNull(value)
