"""Statements that try to leave the views: each is refused, with a word on what to do. The list only ever grows."""

from __future__ import annotations

import re

import pytest

from zuji.analyse.sql.bind import checked
from zuji.terms.error import BadRequest

OTHER_STATEMENTS = """
INSERT INTO events SELECT * FROM events
INSERT INTO FUNCTION file('/tmp/x.csv') SELECT 1
DROP TABLE zuji.events
TRUNCATE TABLE zuji.events
ALTER TABLE zuji.events DELETE WHERE 1
CREATE TABLE t (a UInt8) ENGINE = Memory
CREATE TABLE t ENGINE = Memory AS SELECT * FROM events
CREATE VIEW v AS SELECT 1
CREATE FUNCTION f AS x -> x
CREATE DICTIONARY d (a UInt8) PRIMARY KEY a SOURCE(FILE(path '/etc/passwd' format 'CSV'))
ATTACH TABLE t
DETACH TABLE zuji.events
RENAME TABLE zuji.events TO zuji.x
OPTIMIZE TABLE zuji.events
SYSTEM SHUTDOWN
SYSTEM DROP MARK CACHE
KILL QUERY WHERE 1
BACKUP TABLE zuji.events TO Disk('d', 'x')
RESTORE TABLE zuji.events FROM Disk('d', 'x')
GRANT ALL ON *.* TO x
SET max_memory_usage = 0
USE system
SHOW TABLES
SHOW CREATE TABLE zuji.events
DESCRIBE TABLE events
DESCRIBE (SELECT 1)
DESC events
EXPLAIN SELECT 1
EXPLAIN PLAN SELECT * FROM events
EXISTS TABLE zuji.events
CHECK TABLE zuji.events
WATCH v
DELETE FROM events WHERE 1
UPDATE events SET event = 'x' WHERE 1
EXCHANGE TABLES a AND b
VALUES (1)
TABLE events
events
1
''
BEGIN
PARALLEL WITH DROP TABLE x
SELECT 1; SELECT 2
SELECT 1; DROP TABLE zuji.events
SELECT 1 ;; SELECT 2
"""

OTHER_TABLES = """
SELECT * FROM zuji.events
SELECT * FROM `zuji`.`events`
SELECT * FROM "zuji"."events"
SELECT * FROM `zuji.events`
SELECT * FROM "zuji.events"
SELECT * FROM zuji . events
SELECT * FROM zuji/**/./**/events
SELECT * FROM profile_now
SELECT * FROM zuji.profiles
SELECT * FROM system.tables
SELECT * FROM `system`.tables
SELECT * FROM system.query_log
SELECT * FROM system.one
SELECT * FROM information_schema.tables
SELECT * FROM default.events
SELECT * FROM _table
SELECT * FROM zuji_events
SELECT * FROM ZUJI_EVENTS
SELECT * FROM zuji_my_c
SELECT * FROM Events
SELECT * FROM EVENTS
SELECT * FROM events, zuji.events AS e
SELECT * FROM events, system.numbers
SELECT * FROM events JOIN system.numbers ON 1
SELECT * FROM events CROSS JOIN zuji.profiles
SELECT * FROM events LEFT JOIN (SELECT * FROM zuji.events) AS e USING (person)
SELECT * FROM (SELECT * FROM (SELECT * FROM system.one))
SELECT (SELECT count() FROM zuji.events)
SELECT 1 WHERE EXISTS(SELECT 1 FROM system.tables)
SELECT 1 UNION ALL SELECT count() FROM zuji.events
SELECT 1 INTERSECT SELECT count() FROM zuji.events
SELECT 1 EXCEPT SELECT dummy FROM system.one
WITH c AS (SELECT * FROM zuji.events) SELECT * FROM c
WITH (SELECT count() FROM zuji.events) AS n SELECT n
WITH c AS (SELECT 1 AS a) SELECT * FROM d
SELECT * FROM (WITH c AS (SELECT 1) SELECT * FROM c) JOIN c ON 1
WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a
WITH c AS (SELECT * FROM c) SELECT * FROM c
WITH 'system.one' AS t SELECT * FROM t
WITH events AS (SELECT 1) SELECT * FROM events
WITH EVENTS AS (SELECT 1) SELECT * FROM events
WITH people AS (SELECT 1) SELECT 1
WITH c AS (SELECT 1), c AS (SELECT 2) SELECT * FROM c
WITH c AS (SELECT 1) SELECT * FROM (WITH C AS (SELECT 2) SELECT * FROM C)
WITH zuji_events AS (SELECT 1) SELECT * FROM zuji_events
WITH zuji_my_c AS (SELECT 1) SELECT 1
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r
SELECT 1 AS zuji_row
SELECT ZUJI_ROW.ip FROM events
SELECT zuji_row.ip FROM events
SELECT e.ip FROM events AS zuji_e
SELECT zuji.events.ip FROM events
SELECT system.tables.name FROM events
SELECT 1 IN system.tables
SELECT 1 IN (system.tables)
SELECT 1 IN ((system.tables))
SELECT 1 IN (events)
SELECT 1 IN events
SELECT event IN profile_now FROM events
SELECT 1 NOT IN (zuji.profiles)
SELECT (1, 2) IN (zuji.profile_now)
SELECT 1 IN (1, zuji.profiles)
SELECT 1 GLOBAL IN (SELECT 1)
SELECT 1 GLOBAL NOT IN (1)
SELECT 1 IN tuple(system.one)
SELECT in(1, system.one)
SELECT arrayMap(events -> 1 IN (events), [1])
(SELECT 1) LIMIT 5
(SELECT 1) AS x
SELECT globalIn(1, system.one)
SELECT notIn(1, zuji.events)
SELECT nullIn(1, zuji.events)
SELECT 1 = ANY(SELECT 1)
SELECT 1 = ALL(SELECT 1)
SELECT * FROM (events)
SELECT * FROM (events JOIN people USING (person))
SELECT * FROM events GLOBAL JOIN people USING (person)
SELECT * FROM events NATURAL JOIN people
SELECT * FROM events PASTE JOIN people
SELECT * FROM events LATERAL VIEW explode(purposes) t AS p
SELECT * FROM events AS e (a, b)
"""

TABLE_FUNCTIONS = """
SELECT * FROM file('/etc/passwd', 'LineAsString')
SELECT * FROM url('http://127.0.0.1/', 'LineAsString')
SELECT * FROM s3('http://x/y', 'CSV')
SELECT * FROM numbers(10)
SELECT * FROM zeros(10)
SELECT * FROM generateRandom('a UInt8')
SELECT * FROM generate_series(1, 10)
SELECT * FROM remote('127.0.0.1', zuji.events)
SELECT * FROM cluster('c', zuji.events)
SELECT * FROM merge('zuji', '.*')
SELECT * FROM merge(REGEXP('.*'), 'events')
SELECT * FROM view(SELECT 1)
SELECT * FROM viewIfPermitted(SELECT 1 ELSE null('a UInt8'))
SELECT * FROM executable('id', 'LineAsString', 'a String')
SELECT * FROM mysql('h', 'd', 't', 'u', 'p')
SELECT * FROM postgresql('h', 'd', 't', 'u', 'p')
SELECT * FROM sqlite('/x', 't')
SELECT * FROM input('a UInt8')
SELECT * FROM format(JSONEachRow, '{"a": 1}')
SELECT * FROM values('a UInt8', 1)
SELECT * FROM VALUES('a UInt8', 1)
SELECT * FROM null('a UInt8')
SELECT * FROM dictionary('d')
SELECT * FROM loop(zuji.events)
SELECT * FROM mergeTreeIndex(zuji, events)
SELECT * FROM `file`('/etc/passwd')
SELECT * FROM "url"('http://x')
SELECT * FROM Python(x)
SELECT * FROM deltaLake('http://x')
SELECT * FROM fuzzJSON('x')
SELECT * FROM events JOIN file('/etc/passwd', 'LineAsString') ON 1
SELECT * FROM (SELECT * FROM file('/etc/passwd', 'LineAsString'))
SELECT 1 IN (SELECT * FROM file('/etc/passwd', 'LineAsString'))
SELECT * FROM 'file.csv'
SELECT * FROM `/etc/passwd`
"""

FUNCTIONS = """
SELECT file('/etc/passwd')
SELECT FILE('/etc/passwd')
SELECT `file`('/etc/passwd')
SELECT "file"('/etc/passwd')
SELECT file /* c */ ('/etc/passwd')
SELECT length(file('/etc/passwd')) FROM events
SELECT arrayMap(x -> file(x), ['/etc/passwd'])
SELECT ('/etc/passwd').file()
SELECT abs(1).file('/etc/passwd')
SELECT dictGet('d', 'a', 1)
SELECT dictGetOrDefault('zuji.people', 'person', 1, 0)
SELECT dictHas('d', 1)
SELECT dictGetHierarchy('d', 1)
SELECT joinGet('zuji.x', 'a', 1)
SELECT hasColumnInTable('zuji', 'events', 'ip')
SELECT sleep(3)
SELECT sleepEachRow(1) FROM events
SELECT hostName()
SELECT version()
SELECT currentUser()
SELECT currentDatabase()
SELECT database()
SELECT user()
SELECT uptime()
SELECT tcpPort()
SELECT serverUUID()
SELECT timezone()
SELECT serverTimezone()
SELECT buildId()
SELECT getSetting('max_memory_usage')
SELECT getServerSetting('x')
SELECT getMacro('x')
SELECT getClientHTTPHeader('Authorization')
SELECT filesystemAvailable()
SELECT queryID()
SELECT initialQueryID()
SELECT connectionId()
SELECT currentProfiles()
SELECT showCertificate()
SELECT addressToLine(1)
SELECT demangle('x')
SELECT logTrace('x')
SELECT throwIf(1)
SELECT evalMLMethod('m', 1)
SELECT catboostEvaluate('/m', 1)
SELECT aiGenerate('x', 'y')
SELECT encrypt('aes-128-ecb', 'x', 'k')
SELECT decrypt('aes-128-ecb', 'x', 'k')
SELECT formatRow('CSV', 1)
SELECT formatQuery('SELECT 1')
SELECT repeat('x', 1000000000)
SELECT space(1000000000)
SELECT arrayWithConstant(1000000000, 1)
SELECT arrayResize([1], 1000000000)
SELECT leftPad('x', 1000000000)
SELECT arrayFold((a, x) -> a + x, [1], 0)
SELECT arrayReduce('sum', [1])
SELECT initializeAggregation('sumState', 1)
SELECT finalizeAggregation(x) FROM events
SELECT runningAccumulate(x) FROM events
SELECT sumState(amount) FROM events
SELECT uniqMerge(x) FROM events
SELECT sumSimpleState(amount) FROM events
SELECT sumResample(0, 1000000000, 1)(1, 1)
SELECT groupArrayIfState(1, 1)
SELECT levenshteinDistance(url, url) FROM events
SELECT multiMatchAny(url, ['(a+)+$']) FROM events
SELECT multiFuzzyMatchAny(url, 9, ['a']) FROM events
SELECT flameGraph(x) FROM events
SELECT estimateCompressionRatio(url) FROM events
SELECT nothing(1)
SELECT aggThrow(1)
SELECT blockNumber()
SELECT rowNumberInAllBlocks()
SELECT neighbor(person, 1) FROM events
SELECT __getScalar('x')
SELECT _CAST(1, 'String')
SELECT reinterpret(1, 'AggregateFunction(sum, UInt64)')
SELECT getSubcolumn(properties, 'x') FROM events
SELECT COLUMNS('ip') FROM events
SELECT COLUMNS(ip, url) FROM events
SELECT quantile(0.5)(file('/etc/passwd'))
SELECT quantile(file('/etc/passwd'))(1)
SELECT abs(1)(2)
SELECT unknown_function(1)
SELECT count(file('x')) OVER (PARTITION BY file('y')) FROM events
SELECT 1 FROM events ORDER BY file('x')
SELECT 1 FROM events GROUP BY file('x')
SELECT 1 FROM events WHERE file('x') = ''
SELECT 1 FROM events HAVING file('x') = ''
SELECT 1 FROM events ARRAY JOIN [file('x')] AS f
SELECT 1 FROM events LIMIT 1 BY file('x')
SELECT 1 FROM events WINDOW w AS (ORDER BY file('x'))
SELECT 1 FROM events QUALIFY file('x') = ''
WITH file('/etc/passwd') AS f SELECT f
SELECT CASE WHEN file('x') = '' THEN 1 END
SELECT file('x') ? 1 : 2
SELECT INTERVAL file('x') DAY
SELECT [file('x')]
SELECT (1, file('x'))
SELECT 1 BETWEEN 1 AND file('x')
SELECT x[file('x')] FROM events
SELECT 1 IN (file('x'))
SELECT CAST(file('x') AS String)
SELECT file('x')::String
"""

TYPES = """
SELECT CAST('x' AS AggregateFunction(sum, UInt64))
SELECT CAST('x' AS SimpleAggregateFunction(sum, UInt64))
SELECT CAST('x', 'AggregateFunction(sum, UInt64)')
SELECT 'x'::AggregateFunction(sum, UInt64)
SELECT CAST([] AS Array(AggregateFunction(sum, UInt64)))
SELECT accurateCastOrNull('x', 'AggregateFunction(uniq, String)')
SELECT JSONExtract('{}', 'a', 'AggregateFunction(sum, UInt64)')
SELECT JSONExtract('{}', 'a', concat('Str', 'ing'))
SELECT JSONExtract('{}', 'a', event) FROM events
SELECT CAST(1, event) FROM events
SELECT CAST('{}' AS JSON)
SELECT CAST('{}', 'Object(''json'')')
SELECT CAST(1 AS Dynamic)
SELECT CAST(1, 'Variant(UInt8, String)')
SELECT CAST(1, '')
SELECT CAST(1, 'String) FROM zuji.events --')
SELECT CAST(1 AS MyType)
"""

CLAUSES = """
SELECT 1 SETTINGS max_memory_usage = 0
SELECT 1 SETTINGS readonly = 0
SELECT * FROM events SETTINGS max_result_rows = 0
SELECT 1 FORMAT CSV
SELECT 1 FORMAT JSON SETTINGS readonly = 0
SELECT 1 INTO OUTFILE '/tmp/x'
SELECT 1 INTO OUTFILE '/tmp/x' FORMAT CSV
SELECT 1 INTO OUTFILE '/tmp/x' TRUNCATE COMPRESSION 'gzip'
SELECT * FROM (SELECT 1 SETTINGS max_threads = 100)
SELECT * INTO t FROM events
SELECT * FROM events FINAL
SELECT * FROM events SAMPLE 0.1
SELECT * FROM events PREWHERE 1
SELECT event FROM events ORDER BY event LIMIT 1 WITH TIES
SELECT event FROM events ORDER BY event WITH FILL
SELECT person FROM events ORDER BY person WITH FILL FROM 1 TO 1000000000 STEP 1
SELECT person AS p FROM events ORDER BY p WITH FILL INTERPOLATE (p AS file('x'))
SELECT event, count() FROM events GROUP BY event WITH TOTALS
SELECT * APPLY(file) FROM events
SELECT * APPLY(x -> file(x)) FROM events
SELECT * REPLACE (file('x') AS url) FROM events
SELECT * EXCEPT ('i.*') FROM events
SELECT DISTINCT ON (event) * FROM events
SELECT TOP 5 * FROM events
SELECT event FROM events LIMIT (SELECT 5)
SELECT event FROM events LIMIT 1 + 1
SELECT event FROM events LIMIT -1
SELECT event FROM events OFFSET person
SELECT event FROM events FETCH FIRST 5 ROWS WITH TIES
SELECT event FROM events FOR UPDATE
SELECT {x:String}
SELECT * FROM {t:Identifier}
SELECT {workspace:String}
SELECT @@version
SELECT @x
SELECT :x
SELECT ?
SELECT $1
SELECT $$text$$
SELECT $tag$text$tag$
SELECT 0xFF
SELECT 0b11
SELECT x'41'
SELECT b'01'
SELECT 1 <=> 1
SELECT 7 DIV 2
SELECT EXTRACT(YEAR FROM occurred_at) FROM events
SELECT event -> 1 FROM events
SELECT x => 1
SELECT sum(1) OVER (ORDER BY 1 GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW)
SELECT INTERVAL 1 CENTURY
SELECT `a\\`b` FROM events
SELECT "a""b" FROM events
SELECT 1 AS `x'y`
SELECT 1 AS `x{y}`
SELECT 1 AS `x;y`
SELECT 1 AS `a"b`
SELECT 1 AS `a\\\\`
SELECT ‘quoted’
SELECT “quoted”
SELECT 1 −− 1
SELECT * FROM events WHERE event = 'a' \\G
SELECT /*! 1 */ FROM
SELECT 'never closed
SELECT "never closed
SELECT /* never closed
SELECT (1
SELECT 1)
SELECT 1) FROM events; --
SELECT * FROM events) SELECT * FROM zuji.events --
SELECT * FROM events WHERE 1) UNION ALL (SELECT * FROM zuji.events
"""


def listed(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


LONG = [
    "",
    "   ",
    ";",
    "-- only a comment",
    "SELECT 1 " + "-- long" * 4000,
    "SELECT " + "(" * 100 + "1" + ")" * 100,
    "SELECT " + "NOT " * 3000 + "1",
    "SELECT 1" + "::String" * 2000,
    "SELECT " + "1 ? " * 500 + "1" + " : 1" * 500,
    "SELECT " + " OR ".join(["1 = 1"] * 2000),
    "SELECT 1 FROM " + "(SELECT 1) JOIN " * 100 + "(SELECT 1)",
    "SELECT 1 AS " + "a" * 101,
    "SELECT 1\x00",
    "SELECT 1 AS `a\nb`",
    "SELECT 1 -- comment\n; DROP TABLE zuji.events",
    "SELECT 1 /* /* nested */ FROM zuji.events */ FROM zuji.events",
    "SELECT 1 /* a */ FROM system.one -- b",
    "SELECT 1 # comment\nFROM zuji.events",
    "SELECT 'a\\\\' FROM zuji.events -- '",
    "SELECT * FROM\u00a0zuji.events",
    "SELECT * FROM \u202ezuji.events",
    "SELECT * FROM ｅvents",
    "SELECT ｆile('/etc/passwd')",
    "SELECT fi\u200ble('/etc/passwd')",
]
ESCAPES = [
    *(
        line
        for text in (OTHER_STATEMENTS, OTHER_TABLES, TABLE_FUNCTIONS, FUNCTIONS, TYPES, CLAUSES)
        for line in listed(text)
    ),
    *LONG,
]
HELPFUL = re.compile(
    r"Write |Use |Read from|Choose|Allowed|instead|may be used|may\.$|does the same|runs, such as|Give |Name |"
    r"Shorten|Leave |Split|such as|[Pp]ut |lists|See "
)


def test_the_list_is_long_and_holds_nothing_twice() -> None:
    assert len(ESCAPES) >= 300
    assert len(set(ESCAPES)) == len(ESCAPES)


@pytest.mark.parametrize("statement", ESCAPES, ids=[re.sub(r"\W+", "-", one)[:60] for one in ESCAPES])
def test_an_escape_is_refused_with_a_word_on_what_to_do(statement: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        checked(statement)
    assert HELPFUL.search(str(refusal.value)), str(refusal.value)
    assert len(str(refusal.value)) < 1500
