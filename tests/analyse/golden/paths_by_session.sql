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
            ) > {v3:Int64} AS begins
            FROM zuji.events
            WHERE workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        )
    )
    WINDOW session AS (PARTITION BY anchor, number ORDER BY occurred_at, position
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
named AS (
    SELECT session_id AS who,
        anchor AS anchor,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        event AS item
    FROM in_sessions
    WHERE occurred_at >= fromUnixTimestamp64Milli({v1:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v2:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
),
different AS (
    SELECT item, max(anchor) AS greatest FROM named
    GROUP BY item LIMIT {v4:Int64}
),
stripped AS (
    SELECT item, greatest, if(endsWith(item, '/'), ifNull(nullIf(trimRight(item, '/'), ''), '/'), toString(item)) AS bare FROM different
),
dressed AS (
    SELECT item, greatest, bare AS text FROM stripped
)
SELECT item, text, greatest FROM dressed
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
            ) > {v5:Int64} AS begins
            FROM zuji.events
            WHERE workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        )
    )
    WINDOW session AS (PARTITION BY anchor, number ORDER BY occurred_at, position
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
named AS (
    SELECT session_id AS who,
        anchor AS anchor,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        event AS item
    FROM in_sessions
    WHERE occurred_at >= fromUnixTimestamp64Milli({v3:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v4:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
),
marked AS (
    SELECT who, at, position, transform(item, {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) AS mark FROM named WHERE mark != 0
)
SELECT assumeNotNull(who) AS who_key, at, position, mark FROM marked WHERE who != 0
