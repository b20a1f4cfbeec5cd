-- Words used over and over, kept once: a workspace's identifier types get small numbers.
CREATE TABLE identity_kind (id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, type TEXT NOT NULL, UNIQUE (workspace, type));
-- Every identifier ever seen. component 0: linked with nothing so far. block: 0 usable, 1 blocked as a hub, 2 blocked by a
-- person, 3 cleared by a person (never blocked as a hub again).
CREATE TABLE identity_node (anchor INTEGER PRIMARY KEY, kind INTEGER NOT NULL, value TEXT NOT NULL, first_at INTEGER NOT NULL,
  first_event TEXT NOT NULL, first_source TEXT NOT NULL, component INTEGER NOT NULL, block INTEGER NOT NULL);
CREATE UNIQUE INDEX identity_node_by_value ON identity_node (kind, value);
CREATE INDEX identity_node_blocked ON identity_node (kind) WHERE block > 0;
-- A component: identifiers connected by evidence, what was asserted of them, and the people that follow (MessagePack).
CREATE TABLE identity_component (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
-- When each assertion or statement was made. Young times wait batch by batch (columns sorted by assertion) and are moved
-- in bulk to the table keyed by assertion, so that a repeated link costs a few bytes of sequential writing.
CREATE TABLE evidence_young (id INTEGER PRIMARY KEY AUTOINCREMENT, rows INTEGER NOT NULL, ids BLOB NOT NULL, times BLOB NOT NULL,
  ends BLOB NOT NULL, events TEXT NOT NULL);
CREATE TABLE evidence (assertion INTEGER NOT NULL, part INTEGER NOT NULL, last_at INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (assertion, part)) WITHOUT ROWID;
-- The move under way: young batches up to `boundary` have been moved for all assertions up to `upto`.
CREATE TABLE evidence_move (boundary INTEGER PRIMARY KEY, upto INTEGER NOT NULL);
-- What events said about people: a group of statements as they came, by the identifier that brought them.
CREATE TABLE trait_statement (id INTEGER PRIMARY KEY, anchor INTEGER NOT NULL, digest INTEGER NOT NULL, key TEXT NOT NULL,
  source TEXT NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX trait_statement_by_anchor ON trait_statement (anchor, digest);
-- Which components hold evidence that mentions a blocked identifier, so that lifting the block finds it.
CREATE TABLE identity_left_out (anchor INTEGER NOT NULL, beside INTEGER NOT NULL, PRIMARY KEY (anchor, beside)) WITHOUT ROWID;
-- Which identifiers a source linked, so that deleting its data finds their components.
CREATE TABLE identity_source (workspace TEXT NOT NULL, source TEXT NOT NULL, anchor INTEGER NOT NULL,
  PRIMARY KEY (workspace, source, anchor)) WITHOUT ROWID;
-- Pairs that a person's split keeps apart, with who said so and why.
CREATE TABLE identity_forbidden (workspace TEXT NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL, who TEXT NOT NULL,
  why TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID;
-- What happened to people: merges, splits, moved pointers, blocks, decisions.
CREATE TABLE identity_log (id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, kind TEXT NOT NULL, person INTEGER NOT NULL,
  other INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX identity_log_by_person ON identity_log (workspace, person);
-- New people per source and hour of receipt, for the limit on public keys.
CREATE TABLE identity_new_people (workspace TEXT NOT NULL, source TEXT NOT NULL, hour INTEGER NOT NULL, people INTEGER NOT NULL,
  PRIMARY KEY (workspace, source, hour)) WITHOUT ROWID;
-- The next number of each kind to be given out.
CREATE TABLE identity_counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
