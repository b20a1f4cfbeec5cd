WITH
in_sessions AS (
    SELECT *,
        if(anchor = 0, 0, first_value(position) OVER session) AS session_id,
        max(toUnixTimestamp64Milli(occurred_at)) OVER session - min(toUnixTimestamp64Milli(occurred_at)) OVER session AS session_ms,
        count() OVER session AS session_events,
        countIf(type IN ('page', 'screen')) OVER session AS session_pages,
        argMinIf(url_path, (occurred_at, position), url_path != '') OVER session AS session_entry_page,
        argMaxIf(url_path, (occurred_at, position), url_path != '') OVER session AS session_exit_page
    FROM (
        SELECT *, sum(begins) OVER (PARTITION BY anchor ORDER BY occurred_at, position ROWS UNBOUNDED PRECEDING) AS number
        FROM (
            SELECT *, toUnixTimestamp64Milli(occurred_at) - lagInFrame(toUnixTimestamp64Milli(occurred_at), 1, toUnixTimestamp64Milli(occurred_at)) OVER (
                PARTITION BY anchor ORDER BY occurred_at, position ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
            ) > {v4:Int64} AS begins
            FROM zuji.events
            WHERE workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        )
    )
    WINDOW session AS (PARTITION BY anchor, number ORDER BY occurred_at, position
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
matched AS (
    SELECT session_id AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        amount AS number
    FROM in_sessions
    WHERE occurred_at >= fromUnixTimestamp64Milli({v2:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v3:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v1:String}
),
summed AS (
    SELECT who, max(at) AS last_at, count() AS frequency,
        reinterpret(ifNull(sum(number), toDecimal128(0, 6)), 'Int128') AS whole,
        abs(whole) < 9e18 AS fits,
        toInt64(if(fits, whole, 0)) AS millionths,
        if(fits, '', concat(toString(whole), ' 0 0')) AS exact
    FROM matched
    WHERE who != 0
    GROUP BY who
)
SELECT who, last_at, frequency, millionths, exact FROM summed ORDER BY who
;
WITH
in_sessions AS (
    SELECT *,
        if(anchor = 0, 0, first_value(position) OVER session) AS session_id,
        max(toUnixTimestamp64Milli(occurred_at)) OVER session - min(toUnixTimestamp64Milli(occurred_at)) OVER session AS session_ms,
        count() OVER session AS session_events,
        countIf(type IN ('page', 'screen')) OVER session AS session_pages,
        argMinIf(url_path, (occurred_at, position), url_path != '') OVER session AS session_entry_page,
        argMaxIf(url_path, (occurred_at, position), url_path != '') OVER session AS session_exit_page
    FROM (
        SELECT *, sum(begins) OVER (PARTITION BY anchor ORDER BY occurred_at, position ROWS UNBOUNDED PRECEDING) AS number
        FROM (
            SELECT *, toUnixTimestamp64Milli(occurred_at) - lagInFrame(toUnixTimestamp64Milli(occurred_at), 1, toUnixTimestamp64Milli(occurred_at)) OVER (
                PARTITION BY anchor ORDER BY occurred_at, position ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
            ) > {v4:Int64} AS begins
            FROM zuji.events
            WHERE workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        )
    )
    WINDOW session AS (PARTITION BY anchor, number ORDER BY occurred_at, position
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
matched AS (
    SELECT session_id AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        amount AS number
    FROM in_sessions
    WHERE occurred_at >= fromUnixTimestamp64Milli({v2:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v3:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v1:String}
),
summed AS (
    SELECT who, max(at) AS last_at, count() AS frequency,
        reinterpret(ifNull(sum(number), toDecimal128(0, 6)), 'Int128') AS whole,
        abs(whole) < 9e18 AS fits,
        toInt64(if(fits, whole, 0)) AS millionths,
        if(fits, '', concat(toString(whole), ' 0 0')) AS exact
    FROM matched
    WHERE who != 0
    GROUP BY who
)
SELECT who, last_at, frequency, millionths, exact FROM summed ORDER BY who
