"""What docs/rules.md says, by plain enumeration over the events of each person: slow, obvious, the judge."""
