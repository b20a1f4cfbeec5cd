-- One row per event. Ordered by whose it is (the anchor, not the person: merges and splits never rewrite an event).
CREATE TABLE IF NOT EXISTS zuji.events
(
    workspace LowCardinality(String),
    anchor UInt64,
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    position UInt64 CODEC(Delta, ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    type LowCardinality(String),
    event LowCardinality(String),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    channel LowCardinality(String),
    key LowCardinality(String),
    identifiers Array(Tuple(type LowCardinality(String), value String)),
    group_id String,
    url String CODEC(ZSTD(1)),
    url_host LowCardinality(String),
    url_path String CODEC(ZSTD(1)),
    page_title String CODEC(ZSTD(1)),
    referrer String CODEC(ZSTD(1)),
    referrer_host LowCardinality(String),
    utm_source LowCardinality(String),
    utm_medium LowCardinality(String),
    utm_campaign LowCardinality(String),
    utm_term LowCardinality(String),
    utm_content LowCardinality(String),
    device_type LowCardinality(String),
    device_model LowCardinality(String),
    os LowCardinality(String),
    os_version LowCardinality(String),
    browser LowCardinality(String),
    browser_version LowCardinality(String),
    app_name LowCardinality(String),
    app_version LowCardinality(String),
    library LowCardinality(String),
    library_version LowCardinality(String),
    locale LowCardinality(String),
    user_agent LowCardinality(String),
    region_code LowCardinality(String),
    ip String,
    amount Nullable(Decimal(18, 6)),
    currency LowCardinality(String),
    product_id String,
    category LowCardinality(String),
    element String,
    text_ref String,
    properties String CODEC(ZSTD(1)),
    context String CODEC(ZSTD(1)),
    flags UInt32,
    flag_reason LowCardinality(String),
    purposes Array(LowCardinality(String)),
    INDEX by_position position TYPE minmax GRANULARITY 1,
    INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    CONSTRAINT has_a_workspace CHECK workspace != '',
    PROJECTION by_event
    (
        SELECT workspace, event, occurred_at, position, anchor, type, source, channel, flags, amount
        ORDER BY workspace, event, occurred_at
    )
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (workspace, anchor, occurred_at)
-- merge_selector_base: rows of so many columns are dear to rewrite. At the default of 5 merging took three times as much
-- processor time as inserting; at 25 (parts of one size are merged by the dozen) a sixth of it.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_compressed_bytes_to_fsync_after_merge = 1, merge_selector_base = 25,
    non_replicated_deduplication_window = 0,
    old_parts_lifetime = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 5, cleanup_delay_period_random_add = 0;

-- Which person an anchor belongs to, where that differs from the anchor itself. The newest version wins.
CREATE TABLE IF NOT EXISTS zuji.profile_now
(
    workspace LowCardinality(String),
    anchor UInt64,
    person UInt64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace, anchor)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 1, cleanup_delay_period = 1,
    max_cleanup_delay_period = 5, cleanup_delay_period_random_add = 0;

-- The stretches of anchors whose owner changed over time. All stretches of one anchor carry one version and replace
-- those of every earlier version together. Once an anchor has rows here, those of its newest version win over
-- profile_now; a lone one from -2^53 to 2^53 says that there are no stretches any more.
CREATE TABLE IF NOT EXISTS zuji.owner_slice
(
    workspace LowCardinality(String),
    anchor UInt64,
    from_ms Int64,
    to_ms Int64,
    person UInt64,
    version UInt64
)
ENGINE = MergeTree
ORDER BY (workspace, anchor, version, from_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 1, cleanup_delay_period = 1,
    max_cleanup_delay_period = 5, cleanup_delay_period_random_add = 0;
