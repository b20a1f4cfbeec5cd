"""Ask zuji from Python: the same questions as the API and the console, answers as Arrow tables or data frames.

>>> from zuji.client import Client                                            # doctest: +SKIP
>>> zuji = Client("http://127.0.0.1:8642", token="zt_...")                           # doctest: +SKIP
>>> zuji.ask("funnel", steps=[{"event": "view"}, {"event": "purchase"}]).pandas()    # doctest: +SKIP
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import httpx
import pyarrow as pa

from zuji.terms.answer_rows import rows_of
from zuji.terms.error import BadRequest, Busy, Conflict, NotAllowed, NotFound, ZujiError

if TYPE_CHECKING:
    import polars as pl

POLLED_EVERY_S = 0.5
ASKED_AGAIN_FOR_S = 60.0
_ERRORS: dict[int, type[ZujiError]] = {
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: BadRequest,
    422: BadRequest,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its envelope: `answer` is the object that docs/questions.md describes, kind by kind."""

    envelope: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The kind of question."""
        return str(self.envelope["kind"])

    @property
    def answer(self) -> Mapping[str, Any]:
        """The kind's own object."""
        answer: Mapping[str, Any] = self.envelope["answer"]
        return answer

    @property
    def notes(self) -> list[str]:
        """What was left out, rewritten or warned about."""
        return list(self.envelope["notes"])

    def rows(self) -> list[dict[str, Any]]:
        """The figures as plain rows."""
        return rows_of(self.kind, self.answer)

    def arrow(self) -> pa.Table:
        """The figures as an Arrow table."""
        return pa.Table.from_pylist(self.rows())

    def pandas(self) -> Any:
        """The figures as a pandas DataFrame; pandas must be installed."""
        return self.arrow().to_pandas()

    def polars(self) -> pl.DataFrame:
        """The figures as a Polars frame."""
        import polars

        return polars.DataFrame(self.rows(), infer_schema_length=None)


class Client:
    """A connection to a zuji server. Close it, or use it in a `with` block."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        workspace: str = "default",
        timeout_s: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=url.rstrip("/") + "/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            params={"workspace": workspace},
            timeout=timeout_s,
            transport=transport,
        )

    def ask(self, kind: str, question: Mapping[str, Any] | None = None, /, **fields: Any) -> Answer:
        """The answer to a question, given as a document, as keywords, or both (keywords win)."""
        return Answer(self._post("/questions/run", {"kind": kind, "question": {**(question or {}), **fields}}))

    def ask_patiently(self, kind: str, question: Mapping[str, Any] | None = None, /, **fields: Any) -> Answer:
        """The same in the background, for questions that take longer than a connection may stay open.

        Interrupted (Ctrl-C), the question is stopped on the server too. A line that breaks, or a server that is busy
        or starts again, is asked again for a minute.
        """
        job = self._post("/questions/jobs", {"kind": kind, "question": {**(question or {}), **fields}})
        try:
            while job["state"] in ("waiting", "running"):
                time.sleep(POLLED_EVERY_S)
                job = self._looked_at(job["id"])
        except (httpx.HTTPError, ZujiError):  # the line or the server: the question itself may be well
            raise
        except BaseException:  # Ctrl-C in a notebook: nobody waits for the answer any more
            with suppress(httpx.HTTPError):
                self._http.delete(f"/questions/jobs/{job['id']}")
            raise
        if job["state"] != "done":
            raise BadRequest(job["problem"] or f"the question was {job['state']}.")
        return Answer(job["answer"])

    def people(self, answer: Answer, **cell: Any) -> Iterator[dict[str, Any]]:
        """Everybody behind one figure of an answer, page by page; `step=2`, `row=0, column=3`, as the kind names it."""
        body = {**answer.envelope["people"], "cell": cell, "limit": 1000}
        while True:
            page = self._post("/questions/people", body)
            yield from page["people"]
            if page["next"] is None:
                return
            body["cursor"] = page["next"]

    def count_people(self, answer: Answer, **cell: Any) -> int:
        """How many are behind one figure."""
        body = {**answer.envelope["people"], "cell": cell, "limit": 1}
        return int(self._post("/questions/people", body)["count"])

    def save_list(self, answer: Answer, name: str, **cell: Any) -> dict[str, Any]:
        """Keep the people behind one figure, as they are now, as a list of this name."""
        asked = {field: answer.envelope["people"][field] for field in ("kind", "question")}
        return self._post("/lists", {**asked, "cell": cell, "name": name})

    def sql(self, statement: str, *, limit: int | None = None) -> pa.Table:
        """The rows of one SELECT over the documented views.

        The table's metadata (`table.schema.metadata`) says what is approximate, and when the newest event happened.
        """
        answer = self._post("/sql", {"sql": statement} | ({} if limit is None else {"limit": limit}))
        names = [column["name"] for column in answer["columns"]]
        columns = zip(*answer["rows"], strict=True) if answer["rows"] else [() for _ in names]
        told = {name: json.dumps(answer[name]) for name in ("exactness", "freshness", "truncated")}
        return pa.table([pa.array(list(values)) for values in columns], names=names).replace_schema_metadata(told)

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _looked_at(self, job_id: str) -> dict[str, Any]:
        """How a question in the background is; asked again for a while when the line or the server cannot tell."""
        until = time.monotonic() + ASKED_AGAIN_FOR_S
        while True:
            try:
                return self._read(self._http.get(f"/questions/jobs/{job_id}"))
            except (httpx.TransportError, Busy):
                if time.monotonic() >= until:
                    raise
            time.sleep(POLLED_EVERY_S)

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._read(self._http.post(path, json=body))

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.is_success:
            found: dict[str, Any] = answer.json()
            return found
        try:
            message = str(answer.json()["message"])
        except (json.JSONDecodeError, KeyError, TypeError):
            message = f"the server answered {answer.status_code} without saying why"
        raise _ERRORS.get(answer.status_code, Busy)(message)
