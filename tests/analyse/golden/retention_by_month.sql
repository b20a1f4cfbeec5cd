WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        event = {v3:String} AND at < {v2:Int64} AS target,
        event = {v4:String} AND at >= {v1:Int64} AS returning,
        if(at < {v1:Int64}, toUInt16(0), toUInt16(transform(roundDown(toUnixTimestamp64Milli(occurred_at), {v5:Array(Int64)}), {v5:Array(Int64)}, {v6:Array(UInt16)}, toUInt16(0)) + 1)) AS period
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v7:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v8:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (target OR returning)
        AND who != 0
),
by_period AS (
    SELECT who, period, max(target) AS targeted, countIf(returning) >= {v9:Int64} AS came, countIf(returning) > 0 AS returned,
        toUInt32(0) AS grp, toUInt8(0) AS of_targets, toUInt8(0) AS of_returns
    FROM matched
    GROUP BY who, period
),
by_person AS (
    SELECT who, groupArrayIf((period, grp, of_targets), targeted) AS targets,
        groupArrayIf((period, toUInt8(came), of_returns), came) AS returns
    FROM by_period
    GROUP BY who
    HAVING notEmpty(targets)
),
aimed AS (
    SELECT who, returns, arrayJoin(targets) AS aim FROM by_person WHERE aim.1 > 0
),
marked AS (
    SELECT who, aim.1 AS cohort, aim.2 AS grp,
        arrayFilter(one -> one.1 > aim.1 AND one.1 < aim.1 + {v10:Int64}, returns) AS later,
        arrayJoin(arrayPushFront(arrayFilter(mark -> mark.2, arrayMap(one -> (toInt64(one.1) - aim.1, one.2, one.3), later)), (toInt64(0), toUInt8(1), aim.3))) AS mark,
        mark.1 AS in_column, mark.2 AS came, mark.3 AS measured
    FROM aimed
)
SELECT cohort, grp, in_column, countIf(came) AS people
FROM marked
GROUP BY cohort, grp, in_column
