-- The accounts of each source since the beginning, kept with every batch: the status asks each second, and the table by
-- minutes grows by half a million rows a year for each source.
CREATE TABLE accounting_total (workspace TEXT NOT NULL, source TEXT NOT NULL, accepted INTEGER NOT NULL DEFAULT 0,
  stored INTEGER NOT NULL DEFAULT 0, quarantined INTEGER NOT NULL DEFAULT 0, duplicate INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,
  inferred INTEGER NOT NULL DEFAULT 0, decisions INTEGER NOT NULL DEFAULT 0, replayed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (workspace, source)) WITHOUT ROWID;
INSERT INTO accounting_total SELECT workspace, source, sum(accepted), sum(stored), sum(quarantined), sum(duplicate), sum(refused),
  sum(inferred), sum(decisions), sum(replayed) FROM accounting GROUP BY workspace, source;
