WITH
moments AS (
    SELECT nullIf(JSONExtract(traits, {v11:String}, 'Nullable(String)'), '') AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        if(event = {v1:String}, toNullable(toString(JSONExtract(properties, {v3:String}, 'Nullable(String)'))), NULL) AS text,
        toUInt64(event = {v2:String} AND occurred_at >= fromUnixTimestamp64Milli({v15:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v16:Int64})) AS goal,
        toFloat64(ifNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v7:String}, 'Nullable(String)'), {v8:String}), JSONExtract(properties, {v7:String}, 'Nullable(String)'), NULL)), inf), -inf), 0)) AS worth
    FROM zuji.events LEFT ANY JOIN (SELECT person, identified, first_seen_ms, identifiers, traits FROM zuji.profiles FINAL WHERE workspace = {workspace:String} AND gone = 0) AS known ON known.person = dictGetOrDefault('zuji.person_0', 'person', anchor, anchor)
    WHERE occurred_at >= fromUnixTimestamp64Milli({v17:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v18:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (event = {v1:String} OR event = {v2:String})
)
SELECT text, max(0) AS greatest FROM moments WHERE isNotNull(who)
GROUP BY text LIMIT {v19:Int64}
;
WITH
moments AS (
    SELECT nullIf(JSONExtract(traits, {v13:String}, 'Nullable(String)'), '') AS who,
        toUnixTimestamp64Milli(occurred_at) AS at,
        position AS position,
        if(event = {v3:String}, toNullable(toString(JSONExtract(properties, {v5:String}, 'Nullable(String)'))), NULL) AS text,
        toUInt64(event = {v4:String} AND occurred_at >= fromUnixTimestamp64Milli({v17:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v18:Int64})) AS goal,
        toFloat64(ifNull(nullIf(nullIf(toFloat64OrNull(if(match(JSONExtract(properties, {v9:String}, 'Nullable(String)'), {v10:String}), JSONExtract(properties, {v9:String}, 'Nullable(String)'), NULL)), inf), -inf), 0)) AS worth
    FROM zuji.events LEFT ANY JOIN (SELECT person, identified, first_seen_ms, identifiers, traits FROM zuji.profiles FINAL WHERE workspace = {workspace:String} AND gone = 0) AS known ON known.person = dictGetOrDefault('zuji.person_0', 'person', anchor, anchor)
    WHERE occurred_at >= fromUnixTimestamp64Milli({v19:Int64}) AND occurred_at < fromUnixTimestamp64Milli({v20:Int64})
        AND workspace = {workspace:String} AND bitAnd(flags, 258) = 0
        AND (event = {v3:String} OR event = {v4:String})
),
marked AS (
    SELECT who, at, position, transform(ifNull(text, ''), {v2:Array(String)}, {v1:Array(UInt64)}, toUInt64(0)) * 2 + goal AS mark, worth FROM moments WHERE mark != 0
)
SELECT assumeNotNull(who) AS who_key, at, position, mark, worth FROM marked WHERE isNotNull(who)
