-- What arrived of each declared collection point, by source; `matcher` tells how it was recognised, so that a point that is
-- declared anew is counted anew.
CREATE TABLE collection_point (workspace TEXT NOT NULL, point TEXT NOT NULL, matcher TEXT NOT NULL, source TEXT NOT NULL,
  events INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, point, matcher, source)) WITHOUT ROWID;
