-- How far the spool has been taken in: per spool file the last row planned; and the sequence given to the last row.
CREATE TABLE spool_position (gateway TEXT NOT NULL, file TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (gateway, file)) WITHOUT ROWID;
CREATE TABLE sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
-- Batches planned but not yet confirmed in the event store: Arrow IPC rows, compressed.
CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, first_position INTEGER NOT NULL, last_position INTEGER NOT NULL, rows INTEGER NOT NULL,
  planned_at INTEGER NOT NULL, events BLOB NOT NULL, people BLOB NOT NULL);
-- Rejected events, whole, with the reason. id_hash finds repeats of a quarantined event.
CREATE TABLE quarantine (id INTEGER PRIMARY KEY, workspace TEXT NOT NULL, source TEXT NOT NULL, id_hash BLOB NOT NULL, message_id TEXT NOT NULL,
  reason TEXT NOT NULL, detail TEXT NOT NULL, received_at INTEGER NOT NULL, position INTEGER NOT NULL, receipt BLOB NOT NULL, message BLOB NOT NULL);
CREATE UNIQUE INDEX quarantine_by_hash ON quarantine (id_hash);
CREATE INDEX quarantine_by_reason ON quarantine (workspace, reason, id);
-- Closed accounting: per workspace, source and minute of receipt.
CREATE TABLE accounting (workspace TEXT NOT NULL, source TEXT NOT NULL, minute INTEGER NOT NULL, accepted INTEGER NOT NULL DEFAULT 0,
  stored INTEGER NOT NULL DEFAULT 0, quarantined INTEGER NOT NULL DEFAULT 0, duplicate INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,
  inferred INTEGER NOT NULL DEFAULT 0, decisions INTEGER NOT NULL DEFAULT 0, replayed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (workspace, source, minute)) WITHOUT ROWID;
-- A source's epoch is part of every id hash of that source: deleting its data raises it, which frees all its ids.
CREATE TABLE source_epoch (workspace TEXT NOT NULL, source TEXT NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (workspace, source)) WITHOUT ROWID;
-- The outcome of an operator's decision, by the message id of the decision, so that the API can answer.
CREATE TABLE decision_outcome (message_id TEXT PRIMARY KEY, outcome TEXT NOT NULL) WITHOUT ROWID;
