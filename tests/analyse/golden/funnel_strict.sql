WITH
marked AS (
    SELECT dictGetOrDefault('zuji.person_0', 'person', anchor, anchor) AS who,
        toUnixTimestamp64Milli(occurred_at) - {v1:Int64} AS at,
        transform(event, {v3:Array(String)}, {v2:Array(UInt64)}, toUInt64(0)) AS marks
    FROM zuji.events
    WHERE occurred_at >= fromUnixTimestamp64Milli({v4:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v5:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
)
SELECT if(who < 536870911, bitOr(bitOr(bitShiftLeft(who, 35), bitShiftLeft(toUInt64(at), 2)), marks), toUInt64(18446744073709551615)) AS word
FROM marked
WHERE who != 0
SETTINGS output_format_arrow_low_cardinality_as_dictionary = 1
