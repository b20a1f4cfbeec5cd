"""zuji tag import: a CSV file of values, against a running server."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from servers import RunningServer, zuji, zuji_json

GRADE = {
    "key": "grade_of_file",
    "name": {"en": "Grade", "zh": "等级"},
    "family": "value_tier",
    "origin": "imported",
    "value_type": "number",
}


def test_a_file_gives_values_names_who_is_unknown_and_with_a_torn_line_gives_nothing(tmp_path: Path) -> None:
    with RunningServer(tmp_path / "data") as server:
        data = ("--data", str(server.data))
        order = {"type": "track", "event": "Order Completed", "userId": "u-file", "messageId": "m-file"}
        sent = httpx.post(
            f"{server.url}/v1/batch", json={"batch": [order]}, auth=(server.secret_key, ""), trust_env=False, timeout=60
        )
        assert sent.status_code == 200
        document, values = tmp_path / "grade.json", tmp_path / "values.csv"
        document.write_text(json.dumps(GRADE), "utf-8")
        zuji("tag", "write", str(document), *data)
        assert zuji_json("tag", "publish", "grade_of_file", *data)["outcome"]["version"] == 1
        values.write_text("user_id,value\nu-file,0.5\nnobody,1\n", "utf-8")
        done = zuji_json("tag", "import", "grade_of_file", str(values), *data)
        assert done == {"given": 1, "unknown": 1, "first_unknown": ["user_id:nobody"]}
        assert zuji_json("profile", "show", "user_id:u-file", *data)["tags"]["grade_of_file"]["value"] == 0.5
        assert "by" in zuji("tag", "why", "grade_of_file", "user_id:u-file", *data).stdout
        values.write_text("user_id,value\nu-file,0.75\nu-file,much\n", "utf-8")
        refused = zuji("tag", "import", "grade_of_file", str(values), *data)
        assert (refused.returncode, "line 3" in refused.stderr) == (2, True)
        assert zuji_json("profile", "show", "user_id:u-file", *data)["tags"]["grade_of_file"]["value"] == 0.5
