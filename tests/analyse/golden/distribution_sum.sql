WITH
matched AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUInt16(0) AS place,
        toInt32(-1) AS group_number,
        assumeNotNull(if(isNull(JSONExtract(properties, {v2:String}, 'Nullable(String)')), toFloat64(amount), nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v2:String}, 'Nullable(String)'), {v3:String}), JSONExtract(properties, {v2:String}, 'Nullable(String)'), NULL)), inf), -inf))) AS measured
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v6:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v7:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v1:String}
        AND who != 0
        AND isNotNull(if(isNull(JSONExtract(properties, {v2:String}, 'Nullable(String)')), toFloat64(amount), nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v2:String}, 'Nullable(String)'), {v3:String}), JSONExtract(properties, {v2:String}, 'Nullable(String)'), NULL)), inf), -inf)))
),
figures AS (
    SELECT who, toUInt16(0) AS place, toInt32(-1) AS group_number, sumKahan(measured) AS figure
    FROM matched
    GROUP BY who
)
SELECT group_number, place, figure, count() AS people FROM figures GROUP BY group_number, place, figure
