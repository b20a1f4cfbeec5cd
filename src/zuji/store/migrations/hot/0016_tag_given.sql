-- What others say of identifiers: values of tags without a rule, newest number first. A value of NULL was taken away.
-- They hang on the identifier and not on a person, so a merge or split rewrites none.
CREATE TABLE tag_given (number INTEGER PRIMARY KEY AUTOINCREMENT, workspace TEXT NOT NULL, key TEXT NOT NULL, anchor INTEGER NOT NULL,
  value TEXT, at_ms INTEGER NOT NULL, until_ms INTEGER, who TEXT NOT NULL, UNIQUE (workspace, key, anchor));
CREATE INDEX tag_given_of_anchor ON tag_given (anchor);
CREATE INDEX tag_given_by_end ON tag_given (until_ms) WHERE until_ms IS NOT NULL;
