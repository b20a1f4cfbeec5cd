WITH
happened AS (
    SELECT <whose> AS person,
        toUnixTimestamp64Milli(occurred_at) AS ms,
        position,
        event_id,
        event,
        toUInt8(event = {v1:String}) AS e1,
        toUInt8(event = {v2:String}) AS e2,
        toUInt8(event = {v3:String}) AS e3,
        toUInt16(if(e1, 1, 0) + if(e2, 2, 0) + if(e3, 32768, 0)) AS e4
    FROM zuji.events
    WHERE workspace = {workspace:String} AND occurred_at <= fromUnixTimestamp64Milli({v6:Int64}) AND bitAnd(flags, 258) = 0
),
figures AS (
    SELECT person,
        arraySort(groupArrayIf((ms, position, e4), e4 != 0)) AS f1
    FROM happened
    WHERE person != 0
    GROUP BY person
),
answers AS (
    SELECT person, multiIf(arrayFold((began, at) -> (if(bitTest(at.3, 1) AND began.2 > -4611686018427387904 AND began.2 >= at.1 - 3600000, toUInt8(1), began.1), if(bitTest(at.3, 0), at.1, if(bitTest(at.3, 15), toInt64(-4611686018427387904), began.2))), f1, (toUInt8(0), toInt64(-4611686018427387904))).1, toNullable({v4:String}), {v5:String}) AS value
    FROM figures
)
SELECT person, value FROM answers WHERE isNotNull(value)
