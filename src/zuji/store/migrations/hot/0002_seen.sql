-- Ids of stored events, for ever. Young ones wait here, one row per batch (16 bytes an id); older ones are in sorted
-- files beside this database, and seen_run says which of those files count.
CREATE TABLE seen_recent (id INTEGER PRIMARY KEY AUTOINCREMENT, hashes BLOB NOT NULL);
CREATE TABLE seen_run (id INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL UNIQUE, ids INTEGER NOT NULL);
