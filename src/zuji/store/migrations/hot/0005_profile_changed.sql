-- People whose row in the event store's `profiles` is not what they are now, with the sequence of the batch that
-- changed them last. scope 0: this person; 1: everybody to whom this identifier ever belonged.
CREATE TABLE profile_changed (person INTEGER PRIMARY KEY, workspace TEXT NOT NULL, scope INTEGER NOT NULL,
  sequence INTEGER NOT NULL);
-- Whoever was known before there were rows gets one.
INSERT INTO profile_changed SELECT n.anchor, k.workspace, 1, 0 FROM identity_node AS n
  JOIN identity_kind AS k ON k.id = n.kind
  WHERE n.component != 0 OR k.type = 'user_id' OR n.anchor IN (SELECT anchor FROM trait_statement);
