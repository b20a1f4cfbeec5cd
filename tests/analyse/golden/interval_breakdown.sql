WITH
logged AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        toUInt8((event = {v1:String}) * 1 + ((1 AND ifNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v2:String}, 'Nullable(String)'), {v3:String}), JSONExtract(properties, {v2:String}, 'Nullable(String)'), NULL)), inf), -inf) > {v6:Float64}, 0))) * 2) AS marks,
        toJSONString([ifNull(JSONExtract(properties, {v7:String}, 'Nullable(String)'), ''), ifNull(coalesce(JSONExtract(properties, {v11:String}, 'Nullable(String)'), nullIf(channel, '')), '')]) AS deciding
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v18:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v19:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (event = {v1:String} OR (1 AND ifNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v2:String}, 'Nullable(String)'), {v3:String}), JSONExtract(properties, {v2:String}, 'Nullable(String)'), NULL)), inf), -inf) > {v6:Float64}, 0)))
        AND who != 0
)
SELECT who, at, marks, deciding FROM logged ORDER BY who, at, position
