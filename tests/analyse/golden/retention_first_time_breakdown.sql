WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        event = {v7:String} AND at < {v6:Int64} AS target,
        event = {v8:String} AND at >= {v5:Int64} AS returning,
        if(at < {v5:Int64}, toUInt16(0), toUInt16(toUInt16(intDiv(toUnixTimestamp64Milli(occurred_at) - {v9:Int64}, {v10:Int64})) + 1)) AS period,
        ifNull(JSONExtract(properties, {v1:String}, 'Nullable(String)'), '') AS group_key
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v11:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v12:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND target
        AND who != 0
),
firsts AS (
    SELECT who, period, argMin(tuple(group_key), (at, position)).1 AS group_key
    FROM matched
    GROUP BY who, period
),
first_ever AS (
    SELECT * FROM firsts ORDER BY period LIMIT 1 BY who
),
deciding AS (
    SELECT * FROM first_ever WHERE period > 0
)
SELECT group_key, count() AS size FROM deciding GROUP BY group_key ORDER BY size DESC, group_key = '', group_key LIMIT {v13:Int64}
;
WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        event = {v7:String} AND at < {v6:Int64} AS target,
        event = {v8:String} AND at >= {v5:Int64} AS returning,
        if(at < {v5:Int64}, toUInt16(0), toUInt16(toUInt16(intDiv(toUnixTimestamp64Milli(occurred_at) - {v9:Int64}, {v10:Int64})) + 1)) AS period,
        toUInt32(0) AS grp
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v11:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v12:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (target OR returning)
        AND who != 0
),
by_period AS (
    SELECT who, period, max(target) AS targeted, countIf(returning) >= {v13:Int64} AS came, countIf(returning) > 0 AS returned,
        argMinIf(grp, (at, position), target) AS grp, toUInt8(0) AS of_targets, toUInt8(0) AS of_returns
    FROM matched
    GROUP BY who, period
),
by_person AS (
    SELECT who, arraySlice(arraySort(one -> one.1, groupArrayIf((period, grp, of_targets), targeted)), 1, 1) AS targets,
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
        arrayFilter(one -> one.1 > aim.1 AND one.1 < aim.1 + {v14:Int64}, returns) AS later,
        arrayJoin(arrayPushFront(arrayFilter(mark -> mark.2, arrayMap(one -> (toInt64(one.1) - aim.1, one.2, one.3), later)), (toInt64(0), toUInt8(1), aim.3))) AS mark,
        mark.1 AS in_column, mark.2 AS came, mark.3 AS measured
    FROM aimed
)
SELECT cohort, grp, in_column, countIf(came) AS people
FROM marked
GROUP BY cohort, grp, in_column
