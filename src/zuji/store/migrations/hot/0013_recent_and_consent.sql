-- What happened lately, for reads at page time: runs of pages, each sorted by anchor. A batch adds a run; sixteen of one
-- size become one, in which an anchor keeps its newest events only. newest: when the latest of a run happened.
CREATE TABLE recent_run (id INTEGER PRIMARY KEY AUTOINCREMENT, rows INTEGER NOT NULL, newest INTEGER NOT NULL);
CREATE TABLE recent_page (run INTEGER NOT NULL, first_anchor INTEGER NOT NULL, anchors BLOB NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (run, first_anchor)) WITHOUT ROWID;
-- What the events of an anchor carried as purposes, run by run (MessagePack), once one of them carried other ones than all.
-- By source, so that deleting a source's data leaves what the other ones said.
CREATE TABLE consent_now (anchor INTEGER NOT NULL, workspace TEXT NOT NULL, source TEXT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (anchor, workspace, source)) WITHOUT ROWID;
