WITH
matched AS (
    SELECT toUInt32(intDiv(toUnixTimestamp64Milli(occurred_at) - {v1:Int64}, {v2:Int64})) AS place,
        if(isNull(JSONExtract(properties, {v3:String}, 'Nullable(String)')), toFloat64(amount), nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v3:String}, 'Nullable(String)'), {v4:String}), JSONExtract(properties, {v3:String}, 'Nullable(String)'), NULL)), inf), -inf)) AS number
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v8:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v9:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v7:String}
        AND isNotNull(number)
)
SELECT place, sumKahan(assumeNotNull(number)) AS figure FROM matched GROUP BY CUBE(place)
;
WITH
matched AS (
    SELECT toUInt32(intDiv(toUnixTimestamp64Milli(occurred_at) - {v1:Int64}, {v2:Int64})) AS place,
        if(isNull(JSONExtract(properties, {v3:String}, 'Nullable(String)')), toFloat64(amount), nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v3:String}, 'Nullable(String)'), {v4:String}), JSONExtract(properties, {v3:String}, 'Nullable(String)'), NULL)), inf), -inf)) AS number
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v8:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v9:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND event = {v7:String}
        AND isNotNull(number)
)
SELECT place, sumKahan(assumeNotNull(number)) AS figure FROM matched GROUP BY CUBE(place)
