-- The values of tags and segments that people have now: copied from the hot state, a row per change, so that questions
-- can ask for them. The newest number of a person's wins. `texts` are what is compared, `text` is what groups are named by.
CREATE TABLE IF NOT EXISTS zuji.tag_now
(
    workspace LowCardinality(String),
    kind LowCardinality(String),
    key LowCardinality(String),
    person UInt64,
    texts Array(String),
    text String,
    number UInt64,
    gone UInt8
)
ENGINE = ReplacingMergeTree(number)
ORDER BY (workspace, kind, key, person)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 1, cleanup_delay_period = 1,
    max_cleanup_delay_period = 5, cleanup_delay_period_random_add = 0;
