-- What the stream keeps for live tags. A state is an anchor's partial figures, one body for all its stretches of owners,
-- so that merges and splits rewrite none; its layout is known to `tag` alone.
CREATE TABLE tag_state (anchor INTEGER PRIMARY KEY, body BLOB NOT NULL);
-- The values people have now, as JSON. A segment's members hold true.
CREATE TABLE tag_value (workspace TEXT NOT NULL, person INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  since_ms INTEGER NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (workspace, person, kind, key)) WITHOUT ROWID;
CREATE INDEX tag_value_by_key ON tag_value (workspace, kind, key, value);
-- Every change, in order. told: 0 is for nobody (backfills), 1 for subscribers, 2 was damped. old, new: JSON, NULL for none.
CREATE TABLE tag_change (number INTEGER PRIMARY KEY AUTOINCREMENT, workspace TEXT NOT NULL, person INTEGER NOT NULL, kind TEXT NOT NULL,
  key TEXT NOT NULL, old TEXT, new TEXT, cause TEXT NOT NULL, cause_event_id TEXT, at_ms INTEGER NOT NULL, received_at_ms INTEGER,
  readable_at_ms INTEGER NOT NULL, told INTEGER NOT NULL DEFAULT 1);
CREATE INDEX tag_change_of_person ON tag_change (person, number);
-- Who must be looked at when, because time alone may change something.
CREATE TABLE tag_due (person INTEGER PRIMARY KEY, workspace TEXT NOT NULL, due_ms INTEGER NOT NULL);
CREATE INDEX tag_due_by_time ON tag_due (due_ms);
-- Flapping values whose newest one is still to be told, and what was told last.
CREATE TABLE tag_held (workspace TEXT NOT NULL, person INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, told TEXT,
  due_ms INTEGER NOT NULL, PRIMARY KEY (workspace, person, kind, key)) WITHOUT ROWID;
-- The live definitions that the stream executes, as the publish decisions left them.
CREATE TABLE tag_live (workspace TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, definition TEXT NOT NULL,
  PRIMARY KEY (workspace, kind, key)) WITHOUT ROWID;
-- How far each workspace's anchors have been brought up to its newest definitions: those up to next_anchor have.
CREATE TABLE tag_backfill (workspace TEXT PRIMARY KEY, next_anchor INTEGER NOT NULL, last_anchor INTEGER NOT NULL, announce INTEGER NOT NULL,
  started_ms INTEGER NOT NULL, finished_ms INTEGER) WITHOUT ROWID;
-- Anchors whose events are about to be erased: noted before, worked in with the decision, so that a crash between loses none.
CREATE TABLE tag_stale (anchor INTEGER PRIMARY KEY);
