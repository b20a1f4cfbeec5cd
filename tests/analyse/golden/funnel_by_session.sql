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
            ) > {v7:Int64} AS begins
            FROM zuji.events
            WHERE workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        )
    )
    WINDOW session AS (PARTITION BY anchor, number ORDER BY occurred_at, position
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
marked AS (
    SELECT session_id AS who,
        toUnixTimestamp64Milli(occurred_at) - {v1:Int64} AS at,
        transform(event, {v3:Array(String)}, {v2:Array(UInt64)}, toUInt64(0)) AS marks
    FROM in_sessions
    WHERE occurred_at >= fromUnixTimestamp64Milli({v5:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v6:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event IN {v4:Array(String)}
)
SELECT if(who < 536870911, bitOr(bitOr(bitShiftLeft(who, 35), bitShiftLeft(toUInt64(at), 2)), marks), toUInt64(18446744073709551615)) AS word
FROM marked
WHERE who != 0 AND marks != 0
SETTINGS output_format_arrow_low_cardinality_as_dictionary = 1
