"""SQL under construction: named steps (one CTE, one idea), and values that are bound, never written into the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zuji.store.circumstances import Circumstances
from zuji.store.query import Query


class Statement:
    """Collects the CTEs of one query and the values bound in it.

    >>> statement = Statement.of({"workspace": "default"})
    >>> _ = statement.step("bought", f"SELECT anchor FROM zuji.events WHERE event = {statement.text('Bought')}")
    >>> print(statement.query("SELECT count() AS n FROM bought").sql)
    WITH
    bought AS (
        SELECT anchor FROM zuji.events WHERE event = {v1:String}
    )
    SELECT count() AS n FROM bought
    """

    def __init__(self, around: Circumstances) -> None:
        self._start({"workspace": around.workspace, **around.whose.params})

    @classmethod
    def of(cls, params: dict[str, Any]) -> Statement:
        """A statement that begins with these values bound."""
        statement = cls.__new__(cls)
        statement._start(params)
        return statement

    def _start(self, params: dict[str, Any]) -> None:
        self._params = dict(params)
        self._steps: dict[str, str] = {}
        self._values = 0

    def bind(self, value: Any, kind: str) -> str:
        """The place of a value of this ClickHouse type."""
        self._values += 1
        name = f"v{self._values}"
        self._params[name] = value
        return f"{{{name}:{kind}}}"

    def text(self, value: str) -> str:
        """The place of a text."""
        return self.bind(value, "String")

    def texts(self, values: Sequence[str]) -> str:
        """The place of a list of texts."""
        return self.bind(list(values), "Array(String)")

    def integer(self, value: int) -> str:
        """The place of a whole number."""
        return self.bind(value, "Int64")

    def integers(self, values: Sequence[int]) -> str:
        """The place of a list of whole numbers."""
        return self.bind(list(values), "Array(Int64)")

    def number(self, value: float) -> str:
        """The place of a number."""
        return self.bind(float(value), "Float64")

    def step(self, name: str, body: str) -> str:
        """Add a CTE; gives its name. The engine runs a CTE once for every mention: mention a costly one once."""
        if name in self._steps:
            raise ValueError(f"there is a step {name} already")
        self._steps[name] = body.strip()
        return name

    def has_step(self, name: str) -> bool:
        """Whether there is a step of this name."""
        return name in self._steps

    def query(self, select: str) -> Query:
        """The whole query, ending with this SELECT."""
        steps = ",\n".join(f"{name} AS (\n{_indented(body)}\n)" for name, body in self._steps.items())
        return Query(f"WITH\n{steps}\n{select.strip()}" if steps else select.strip(), dict(self._params))


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" if line.strip() else line for line in body.splitlines())
