-- What events wait for, by cause: the protocol they came by and their detail without its own numbers.
-- The number of an event is never given again: who discards event 5 must not hit one that came later.
ALTER TABLE quarantine RENAME TO quarantine_before;
CREATE TABLE quarantine (id INTEGER PRIMARY KEY AUTOINCREMENT, workspace TEXT NOT NULL, source TEXT NOT NULL, id_hash BLOB NOT NULL,
  message_id TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, received_at INTEGER NOT NULL, position INTEGER NOT NULL,
  protocol TEXT NOT NULL, cause TEXT NOT NULL, receipt BLOB NOT NULL, message BLOB NOT NULL);
INSERT INTO quarantine SELECT id, workspace, source, id_hash, message_id, reason, detail, received_at, position, '', substr(detail, 1, 200),
  receipt, message FROM quarantine_before;
DROP TABLE quarantine_before;
CREATE UNIQUE INDEX quarantine_by_hash ON quarantine (id_hash);
CREATE INDEX quarantine_by_reason ON quarantine (workspace, reason, id);
CREATE INDEX quarantine_by_cause ON quarantine (workspace, source, reason, protocol, cause, received_at);
CREATE INDEX quarantine_by_age ON quarantine (received_at);
-- What was ever put away, per day of receipt (since 1970, UTC), and how it left again; kept when the events are gone.
CREATE TABLE quarantine_day (workspace TEXT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, reason TEXT NOT NULL,
  quarantined INTEGER NOT NULL DEFAULT 0, replayed INTEGER NOT NULL DEFAULT 0, discarded INTEGER NOT NULL DEFAULT 0,
  expired INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (workspace, source, day, reason)) WITHOUT ROWID;
INSERT INTO quarantine_day (workspace, source, day, reason, quarantined)
  SELECT workspace, source, received_at / 86400000, reason, count(*) FROM quarantine GROUP BY 1, 2, 3, 4;
-- Repairs: the document, whom it was for, and what came of it. A repair goes through the events in the order of their ids.
CREATE TABLE repair (id TEXT PRIMARY KEY, workspace TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, document TEXT NOT NULL,
  state TEXT NOT NULL, through INTEGER NOT NULL, tried INTEGER NOT NULL, passed INTEGER NOT NULL, failures TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX repair_by_workspace ON repair (workspace, at);
