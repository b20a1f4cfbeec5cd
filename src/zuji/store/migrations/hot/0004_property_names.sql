-- Which property names each source has sent, per kind of event, and the day (since 1970, UTC) on which each was new.
CREATE TABLE property_name (workspace TEXT NOT NULL, source TEXT NOT NULL, event TEXT NOT NULL, name TEXT NOT NULL,
  day INTEGER NOT NULL, PRIMARY KEY (workspace, source, event, name)) WITHOUT ROWID;
