-- The figures of quality_day again by kind of event; the empty name holds all kinds that are too many for their day.
CREATE TABLE quality_event (workspace TEXT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, event TEXT NOT NULL,
  dimension TEXT NOT NULL, checked INTEGER NOT NULL, wrong INTEGER NOT NULL,
  PRIMARY KEY (workspace, source, day, event, dimension)) WITHOUT ROWID;
