-- What was learnt about each kind of event of a source (MessagePack), written with the batch that taught it.
CREATE TABLE learned_event (workspace TEXT NOT NULL, source TEXT NOT NULL, event TEXT NOT NULL, learned BLOB NOT NULL,
  PRIMARY KEY (workspace, source, event)) WITHOUT ROWID;
-- What changed in what a source sends, as it was noticed.
CREATE TABLE plan_change (id INTEGER PRIMARY KEY AUTOINCREMENT, workspace TEXT NOT NULL, source TEXT NOT NULL, event TEXT NOT NULL,
  property TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL, example TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX plan_change_by_time ON plan_change (workspace, at);
CREATE INDEX plan_change_by_age ON plan_change (at);
