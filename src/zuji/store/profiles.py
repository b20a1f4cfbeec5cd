"""What is known about every person now, as the event store can ask for millions of people at once."""

from __future__ import annotations

CURRENT_PROFILES = (
    "SELECT person, identified, identifiers, traits FROM zuji.profiles FINAL "
    "WHERE workspace = {workspace:String} AND gone = 0"
)
"""(person, identified, identifiers, traits) of every person of a workspace of whom there is anything to say."""
