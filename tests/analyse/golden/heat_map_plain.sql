WITH
clicks AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        url_path AS page,
        element AS item
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v1:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v2:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND element != ''
)
SELECT grouping(page, item) != 0 AS is_all, page, item, count() AS clicks, uniqExactIf(who, who != 0) AS people
FROM clicks
GROUP BY GROUPING SETS ((page, item), ())
ORDER BY is_all DESC, clicks DESC, page = '', page, item = '', item
LIMIT {v3:Int64}
