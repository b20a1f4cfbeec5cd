-- What is known about each person now: a row replaces that of an earlier version. People who were merged away are gone.
-- Who has one identifier, is not identified and has no traits needs no row.
CREATE TABLE IF NOT EXISTS zuji.profiles
(
    workspace LowCardinality(String),
    person UInt64,
    identified UInt8,
    first_seen_ms Int64,
    identifiers Array(Tuple(type LowCardinality(String), value String)),
    traits String CODEC(ZSTD(1)),
    version UInt64,
    gone UInt8
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace, person)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 1, cleanup_delay_period = 1,
    max_cleanup_delay_period = 5, cleanup_delay_period_random_add = 0;
