-- How good what arrived is: per source and day of receipt what was looked at under each dimension, and what was wrong why.
CREATE TABLE quality_day (workspace TEXT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, dimension TEXT NOT NULL,
  checked INTEGER NOT NULL, wrong INTEGER NOT NULL, PRIMARY KEY (workspace, source, day, dimension)) WITHOUT ROWID;
CREATE TABLE quality_cause (workspace TEXT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, dimension TEXT NOT NULL,
  cause TEXT NOT NULL, event TEXT NOT NULL, property TEXT NOT NULL, found INTEGER NOT NULL, example TEXT NOT NULL,
  PRIMARY KEY (workspace, source, day, dimension, cause, event, property)) WITHOUT ROWID;
