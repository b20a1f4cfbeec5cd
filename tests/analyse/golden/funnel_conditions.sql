WITH
marked AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) - {v1:Int64} AS at,
        bitOr(bitOr(bitShiftLeft(toUInt64((event = {v2:String} AND ifNull(JSONExtract(properties, {v3:String}, 'Nullable(String)') = {v7:String}, 0))), 0), bitShiftLeft(toUInt64((1 AND ifNull(toFloat64(amount) > {v8:Float64}, 0))), 2)), transform(event, {v10:Array(String)}, {v9:Array(UInt64)}, toUInt64(0))) AS marks,
        position AS position
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v11:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v12:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
)
SELECT if(who < 268435455, bitOr(bitOr(bitShiftLeft(who, 36), bitShiftLeft(toUInt64(at), 3)), marks), toUInt64(18446744073709551615)) AS word, position
FROM marked
WHERE who != 0 AND marks != 0
SETTINGS output_format_arrow_low_cardinality_as_dictionary = 1
