"""What `zuji tag` and `zuji segment` share: a definition listed, shown, previewed, written, published, ended."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from zuji.cli.asking import Engine, engine_of
from zuji.cli.output import out, print_facts, print_json, print_table, say, short_time
from zuji.terms.error import BadRequest

Kind = Literal["tag", "segment"]
KeyArgument = Annotated[str, typer.Argument(help="The key, as `list` shows it.")]
FileArgument = Annotated[
    Path, typer.Argument(help="The definition as JSON; - reads standard input. See docs/rules.md.", allow_dash=True)
]
AnnounceOption = Annotated[bool, typer.Option("--announce", help="Tell subscribers of everybody whom it changes.")]

SHOWN = 3
"""Identifiers of a person in a table; `zuji profile show` has all of them."""


def show_all(kind: Kind, data: Path, workspace: str, *, as_json: bool) -> None:
    """A table of what there is."""
    with engine_of(data) as engine:
        answer = engine.ask("GET", path_of(kind), query={"workspace": workspace})
    if as_json:
        print_json(answer)
        return
    rows = [
        (one["key"], one["state"], one["version"], f"{one['people']:,}", _names(one["document"]))
        for one in answer[f"{kind}s"]
    ]
    print_table(f"{kind}s", ("key", "state", "version", "people", "name"), rows)


def show_one(kind: Kind, key: str, data: Path, workspace: str, *, as_json: bool) -> None:
    """What it means, whether it holds, and its versions."""
    with engine_of(data) as engine:
        query = {"workspace": workspace}
        one = engine.ask("GET", path_of(kind, key), query=query)
        history = engine.ask("GET", path_of(kind, key, "versions"), query=query)
    if as_json:
        print_json({**one, **history})
        return
    said = one["sentence"] or {"en": "", "zh": ""}
    facts = {name: one[name] for name in ("state", "version", "changed", "people", "value_type", "updated_by")}
    print_facts(f"{key}: {_names(one['document'])}", {**facts, "says": said["en"], "说": said["zh"]})
    rows = [
        (version["version"], short_time(version["at"]), version["by"], "ended" if version["document"] is None else "")
        for version in history["versions"]
    ]
    print_table("versions", ("version", "published", "by", ""), rows)


def show_preview(kind: Kind, file: Path, data: Path, workspace: str, *, as_json: bool) -> None:
    """What a definition would do."""
    with engine_of(data) as engine:
        body = {"definition": document_in(file)}
        found = engine.ask("POST", path_of(kind, "preview"), query={"workspace": workspace}, body=body)
    if as_json:
        print_json(found)
        return
    compared = found["compared"] or {}
    facts = {
        "says": found["sentence"]["en"],
        "说": found["sentence"]["zh"],
        "people": f"{found['people']:,} of {found['of']:,} ({found['share']:.1%}); a month ago {found['month_ago']:,}",
        **{name: compared[name] for name in ("enter", "leave", "change") if name in compared},
    }
    print_facts(str(body["definition"].get("key", "")), facts)
    if kind == "tag":
        print_table("values", ("value", "people"), [(_said(one["value"]), one["people"]) for one in found["values"]])
    people = [(one["person"], _said(one["value"]), held_by(one)) for one in found["sample"]]
    print_table("for instance", ("person", "value", "identifiers"), people)


def write(kind: Kind, file: Path, data: Path, workspace: str, *, as_json: bool) -> None:
    """Write a definition down, in place of the one of its key if there is one."""
    document = document_in(file)
    with engine_of(data) as engine:
        query = {"workspace": workspace}
        known = {one["key"] for one in engine.ask("GET", path_of(kind), query=query)[f"{kind}s"]}
        key = str(document.get("key", ""))
        method, path = ("PUT", path_of(kind, key)) if key in known else ("POST", path_of(kind))
        made = engine.ask(method, path, query=query, body=document)
    if as_json:
        print_json(made)
        return
    say(f"{'Changed' if method == 'PUT' else 'Wrote'} the {kind} {key}. It holds once it is published:")
    out.print(f"zuji {kind} publish {key}", markup=False, soft_wrap=True)


def publish(kind: Kind, key: str, data: Path, workspace: str, *, announce: bool, as_json: bool) -> None:
    """Let what is written hold."""
    with engine_of(data) as engine:
        applied = ask_to_publish(engine, kind, key, workspace, announce=announce)
    if as_json:
        print_json(applied)
        return
    say(f"The {kind} {key} holds, version {applied['outcome']['version']}. Everybody is looked at in the background.")


def end(kind: Kind, key: str, data: Path, workspace: str) -> None:
    """Nobody has it any more."""
    with engine_of(data) as engine:
        engine.ask("DELETE", path_of(kind, key), query={"workspace": workspace})
    say(f"The {kind} {key} has ended.")


def ask_to_publish(engine: Engine, kind: Kind, key: str, workspace: str, *, announce: bool) -> dict[str, Any]:
    """What the engine answers to a publishing."""
    query, body = {"workspace": workspace}, {"announce": announce}
    applied: dict[str, Any] = engine.ask("POST", path_of(kind, key, "publish"), query=query, body=body)
    return applied


def path_of(kind: Kind, *parts: str) -> str:
    """The address of a kind, of one of it, or of something about that one."""
    from urllib.parse import quote

    return "/".join(("/api/v1", f"{kind}s", *(quote(part, safe="") for part in parts)))


def document_in(file: Path) -> dict[str, Any]:
    """The definition in a file."""
    text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadRequest(f"{file} is no JSON: {error}.") from error
    if not isinstance(document, dict):
        raise BadRequest(f"{file}: one definition is expected, an object.")
    return document


def _names(document: dict[str, Any]) -> str:
    return f"{document['name']['en']} · {document['name']['zh']}"


def held_by(person: dict[str, Any]) -> str:
    """The identifiers of a person, as far as a table has room for them."""
    held = [f"{one['type']}:{one['value']}" for one in person["identifiers"]]
    return ", ".join(held[:SHOWN]) + (f" and {len(held) - SHOWN} more" if len(held) > SHOWN else "")


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
