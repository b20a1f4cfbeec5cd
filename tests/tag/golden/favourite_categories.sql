WITH
happened AS (
    SELECT <whose> AS person,
        toUnixTimestamp64Milli(occurred_at) AS ms,
        position,
        event_id,
        event,
        toUInt8(event = {v1:String}) AS e1,
        if(e1, coalesce(JSONExtract(properties, {v2:String}, 'Nullable(String)'), nullIf(category, '')), NULL) AS e2
    FROM zuji.events
    WHERE workspace = {workspace:String} AND occurred_at <= fromUnixTimestamp64Milli({v10:Int64}) AND bitAnd(flags, 258) = 0
),
figures AS (
    SELECT person,
        sumMapIf([assumeNotNull(e2)], [toInt64(1)], e1 AND ifNull(e2, '') != '') AS f1
    FROM happened
    WHERE person != 0
    GROUP BY person
),
consents AS (
    SELECT person,
        min(newest_consent_1) AS consent_1
    FROM (
        SELECT <whose> AS person,
            anchor,
            argMax(has(purposes, {v9:String}), (occurred_at, position)) AS newest_consent_1
        FROM zuji.events
        WHERE workspace = {workspace:String} AND occurred_at <= fromUnixTimestamp64Milli({v11:Int64})
        GROUP BY person, anchor
    )
    GROUP BY person
),
known AS (
    SELECT person,
        f1,
        consents.consent_1 AS consent_1
    FROM figures
    LEFT ANY JOIN consents USING person
),
answers AS (
    SELECT person, if(consent_1, arraySlice(arrayMap(pair -> pair.2, arraySort(arrayFilter(pair -> pair.1 <= -1, arrayZip(arrayMap(often -> -often, f1.2), f1.1)))), 1, 3), emptyArrayString()) AS value
    FROM known
)
SELECT person, value FROM answers WHERE notEmpty(value)
