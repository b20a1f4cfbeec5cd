"""The shape of what is taken out as a file."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from zuji.api.wire import In
from zuji.api.wire_questions import TICKET
from zuji.api.wire_sql import LONGEST_STATEMENT


class ExportIn(In):
    """One of `kind` with `question`, `sql`, or `list` (its id), and the format. A role has a limit of rows."""

    format: Literal["csv", "json", "parquet"] = "csv"
    kind: str | None = Field(default=None, max_length=40, examples=["funnel"])
    question: dict[str, Any] | None = Field(default=None, examples=[{"event": "view", "date_from": "-30d"}])
    sql: str | None = Field(default=None, min_length=1, max_length=LONGEST_STATEMENT)
    list: str | None = Field(default=None, max_length=64, description="The id of a list.")
    limit: int | None = Field(default=None, ge=1, le=1_000_000)
    ticket: str = TICKET

    @model_validator(mode="after")
    def _names_one_thing(self) -> ExportIn:
        named = [self.kind is not None, self.sql is not None, self.list is not None]
        if sum(named) != 1 or (self.kind is None) != (self.question is None):
            raise ValueError("name one thing to export: kind and question, sql, or list")
        return self
