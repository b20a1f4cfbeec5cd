"""The SQL that questions become, beside this file in golden/: a change of it is seen, read and agreed to.

UPDATE_GOLDEN=1 writes the files anew. Whether the SQL is right is for the comparison with the reference to say.
A kind adds its questions to golden/questions/KIND.json: a question for each of its options, by name.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyse.engine import Engine
from analyse.reference.world import World
from zuji.analyse.ask import Asking

GOLDEN = Path(__file__).parent / "golden"
QUESTIONS = [
    (path.stem, name, question)
    for path in sorted((GOLDEN / "questions").glob("*.json"))
    for name, question in json.loads(path.read_text("utf-8")).items()
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("golden") / "events")
    yield opened
    opened.close()


@pytest.mark.parametrize(("kind", "name", "question"), QUESTIONS, ids=[f"{kind}_{name}" for kind, name, _ in QUESTIONS])
def test_a_question_becomes_the_sql_that_was_agreed_to(
    kind: str, name: str, question: dict[str, Any], engine: Engine
) -> None:
    loaded = engine.load(World((), {}, "Asia/Shanghai"))
    asked = engine.asker.ask(kind, {"now": "2026-03-31T12:00:00+08:00", **question}, Asking(loaded.workspace))
    # The dictionaries of people take turns.
    found = "\n;\n".join(re.sub(r"zuji\.(person|stretch\w*)_\d", r"zuji.\1_0", query.sql) for query in asked.sql) + "\n"
    path = GOLDEN / f"{kind}_{name}.sql"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(found, "utf-8")
    assert path.read_text("utf-8") == found
