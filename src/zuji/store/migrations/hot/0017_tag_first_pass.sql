-- Batch definitions that were published, or name one that was, and whose values were not worked out since: announce says
-- whether subscribers are told of what that first pass changes.
CREATE TABLE tag_first_pass (workspace TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, announce INTEGER NOT NULL,
  published_ms INTEGER NOT NULL, PRIMARY KEY (workspace, kind, key)) WITHOUT ROWID;
