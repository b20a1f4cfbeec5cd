WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        event = {v10:String} AND at < {v9:Int64} AS target,
        event = {v11:String} AND at >= {v8:Int64} AS returning,
        if(at < {v8:Int64}, toUInt16(0), toUInt16(toUInt16(intDiv(toUnixTimestamp64Milli(occurred_at) - {v12:Int64}, {v13:Int64})) + 1)) AS period,
        if(isNull(JSONExtract(properties, {v1:String}, 'Nullable(String)')), toFloat64(amount), nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v1:String}, 'Nullable(String)'), {v2:String}), JSONExtract(properties, {v1:String}, 'Nullable(String)'), NULL)), inf), -inf)) AS number,
        nullIf(currency, '') AS currency_text
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v14:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v15:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (target OR returning)
        AND who != 0
),
by_period AS (
    SELECT who, period, max(target) AS targeted, countIf(returning) >= {v16:Int64} AS came, countIf(returning) > 0 AS returned,
        toUInt32(0) AS grp, tuple(sumKahanIf(ifNull(number, 0), target), countIf(target AND isNotNull(number)), groupUniqArrayIf(currency_text, target AND isNotNull(number) AND isNotNull(currency_text))) AS of_targets, tuple(sumKahanIf(ifNull(number, 0), returning), countIf(returning AND isNotNull(number)), groupUniqArrayIf(currency_text, returning AND isNotNull(number) AND isNotNull(currency_text))) AS of_returns
    FROM matched
    GROUP BY who, period
),
by_person AS (
    SELECT who, groupArrayIf((period, grp, of_targets), targeted) AS targets,
        groupArrayIf((period, toUInt8(came), of_returns), returned) AS returns
    FROM by_period
    GROUP BY who
    HAVING notEmpty(targets)
),
aimed AS (
    SELECT who, returns, arrayJoin(targets) AS aim FROM by_person WHERE aim.1 > 0
),
marked AS (
    SELECT who, aim.1 AS cohort, aim.2 AS grp,
        arrayFilter(one -> one.1 > aim.1 AND one.1 < aim.1 + {v17:Int64}, returns) AS later,
        arrayJoin(arrayPushFront(arrayMap(one -> (toInt64(one.1) - aim.1, one.2, one.3), later), (toInt64(0), toUInt8(1), aim.3))) AS mark,
        mark.1 AS in_column, mark.2 AS came, mark.3 AS measured
    FROM aimed
)
SELECT cohort, grp, in_column, countIf(came) AS people, sumKahan(measured.1) AS total, sum(measured.2) AS numbers, groupUniqArrayArray(measured.3) AS currencies
FROM marked
GROUP BY cohort, grp, in_column
