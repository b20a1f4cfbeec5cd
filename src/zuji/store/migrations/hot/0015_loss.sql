-- Which numbers of each page arrived: up to `highest`, but for `missing` of them, which stand in `gaps` as far as they may
-- still come. `last_minute`: when something of the page arrived last, in minutes since 1970.
CREATE TABLE page_sequence (workspace TEXT NOT NULL, source TEXT NOT NULL, page TEXT NOT NULL, day INTEGER NOT NULL,
  highest INTEGER NOT NULL, missing INTEGER NOT NULL, gaps TEXT NOT NULL, last_minute INTEGER NOT NULL,
  PRIMARY KEY (workspace, source, page)) WITHOUT ROWID;
-- Few pages miss anything, so the index costs the others nothing.
CREATE INDEX page_sequence_missing ON page_sequence (last_minute) WHERE missing > 0;
-- What is left of the pages when they are forgotten: by the day on which a page was first heard of.
CREATE TABLE loss_day (workspace TEXT NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, pages INTEGER NOT NULL,
  sent INTEGER NOT NULL, received INTEGER NOT NULL, PRIMARY KEY (workspace, source, day)) WITHOUT ROWID;
-- One row: until when pages that fell silent are forgotten.
CREATE TABLE page_sequence_forgotten (until_minute INTEGER NOT NULL);
INSERT INTO page_sequence_forgotten VALUES (0);
