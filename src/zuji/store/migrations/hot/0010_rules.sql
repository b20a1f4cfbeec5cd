-- What the rules of cleaning remember from batch to batch (orders seen, usual values), and how many events each touched.
CREATE TABLE rule_memory (kind TEXT NOT NULL, workspace TEXT NOT NULL, key TEXT NOT NULL, source TEXT NOT NULL,
  value BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (kind, workspace, key)) WITHOUT ROWID;
CREATE INDEX rule_memory_by_age ON rule_memory (kind, at);
CREATE TABLE rule_touched (workspace TEXT NOT NULL, hour INTEGER NOT NULL, rule TEXT NOT NULL, action TEXT NOT NULL,
  source TEXT NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (workspace, hour, rule, action, source)) WITHOUT ROWID;
