"""The guides name everything there is: commands, options, settings, reasons, metrics, routes. In both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from zuji.api.app import PREFIX, ROUTERS
from zuji.api.guard import GuardedRoute
from zuji.api.routes import operation
from zuji.cli.filled_ports import health_in
from zuji.cli.main import app
from zuji.collect.routes import _PATTERNS, _ROUTES
from zuji.govern.roles import PERMISSIONS_OF
from zuji.run.status import Status
from zuji.settings import SECTIONS, Settings, allowed_names, variable_of
from zuji.store.accounting import TERMS, Account
from zuji.terms.rejection import REASONS
from zuji.terms.source import SourceSettings

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
LANGUAGES = ("en", "zh")
PAGES = ("operate", "api", "commands", "settings", "quarantine", "browser")
CHECKOUT = Path(__file__).parents[2]

pytestmark = pytest.mark.parametrize("language", LANGUAGES)


def page(language: str, name: str) -> str:
    return (GUIDE / language / f"{name}.md").read_text(encoding="utf-8")


def section(text: str, number: int) -> str:
    """One of the parts under the headings of a page, counted from 1."""
    return text.split("\n## ")[number]


def row_of(text: str, *names: str) -> str:
    """The line of a table that begins with these names, each in backticks."""
    beginning = "| " + " ".join(f"`{name}`" for name in names) + " |"
    rows = [line for line in text.splitlines() if line.startswith(beginning)]
    assert len(rows) == 1, f"{beginning} stands in {len(rows)} lines"
    return rows[0]


def commands(command: object = None, path: tuple[str, ...] = ("zuji",)) -> Iterator[tuple[str, TyperCommand]]:
    command = command or typer.main.get_command(app)
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from commands(inner, (*path, name))
    else:
        assert isinstance(command, TyperCommand)
        yield " ".join(path), command


def test_every_command_has_a_section_with_its_arguments_and_options(language: str) -> None:
    sections = dict(re.findall(r"^## `([^`]+)`\n(.*?)(?=^## |\Z)", page(language, "commands"), re.M | re.S))
    assert sorted(sections) == sorted(name for name, _ in commands())
    for name, command in commands():
        said = sections[name]
        for parameter in command.params:
            word = max(parameter.opts, key=len) if parameter.param_type_name == "option" else parameter.opts[0].upper()
            assert re.search(rf"`{word}[ `]", said), f"{name} lacks {word}"
        written = set(re.findall(r"`(--[a-z-]+)", said))
        assert written <= {word for parameter in command.params for word in parameter.opts}, name


def test_every_setting_has_a_row_with_its_variable_and_its_default(language: str) -> None:
    text = section(page(language, "settings"), 1)
    for name in allowed_names():
        part, _, inner = name.rpartition(".")
        default = getattr(SECTIONS[part]() if part else Settings(), inner)
        assert f"| `{variable_of(name)}` | `{shown(default)}` |" in row_of(text, name), name
    for variable in re.findall(r"ZUJI_[A-Z_]+", page(language, "settings")):
        assert variable in {*map(variable_of, allowed_names()), "ZUJI_DATA", "ZUJI_VENV"}, variable


def test_every_setting_of_a_source_has_a_row_with_its_default(language: str) -> None:
    text = section(page(language, "settings"), 2)
    for name in SourceSettings.__struct_fields__:
        assert row_of(text, name).startswith(f"| `{name}` | `{shown(getattr(SourceSettings(), name))}` |"), name


def shown(value: object) -> str:
    """A default as the settings file would have it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value) if value != "" else '""'


def test_every_reason_of_rejection_has_a_row(language: str) -> None:
    text = page(language, "quarantine")
    for reason in REASONS:
        assert row_of(text, reason).count("|") == 4
    assert re.findall(r"^\| `([a-z_]+)` \|", text, re.M) == list(REASONS)


def test_every_metric_and_every_term_of_the_accounts_has_a_row(language: str) -> None:
    text = page(language, "operate")
    nothing = Status(pid=1, at=0, requests_waiting=0, rows_waiting=0, lag_ms=0, lost=0, totals=Account())
    lines = operation.metrics_page(health_in(nothing)).decode().splitlines()
    metrics = {line.split(" ")[0] for line in lines if not line.startswith("#")}
    assert len(metrics) >= 5 + len(TERMS)
    for metric in metrics:
        row_of(text, metric)
    assert set(re.findall(r"`(zuji_[a-z0-9_]+)`", text)) == metrics
    for term in TERMS:
        row_of(text, term)


def test_every_api_route_has_a_row_with_its_permission_and_an_example(language: str) -> None:
    text = page(language, "api")
    routes = [(PREFIX, route) for router in ROUTERS for route in router.routes]
    expected = set()
    for prefix, route in [*routes, *(("", route) for route in operation.router.routes)]:
        assert isinstance(route, GuardedRoute)
        [method] = route.methods
        path = prefix + route.path.replace(":path}", "}")
        expected.add(f"{method} {path}")
        assert f"| `{route.permission}` |" in row_of(text, f"{method} {path}")
    assert set(re.findall(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) /[^`]+)` \|", text, re.M)) == expected
    asked = [line for line in text.splitlines() if "curl" in line]
    assert len(asked) >= len({route.tags[0] for _, route in routes if isinstance(route, GuardedRoute)})
    for role in PERMISSIONS_OF:
        row_of(text, role)


def test_every_path_that_takes_events_in_is_named(language: str) -> None:
    text = page(language, "api")
    for path in [*_ROUTES, *(prefix for prefix, _, _ in _PATTERNS)]:
        assert f"`{path}" in text, path


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_have_the_same_headings_rows_and_code(language: str, name: str) -> None:
    mine, other = page(language, name), page("zh" if language == "en" else "en", name)
    assert fences(mine) == fences(other)
    assert mine.count("\n| ") == other.count("\n| ")
    assert mine.count("\n## ") == other.count("\n## ")


def fences(text: str) -> list[str]:
    """The blocks of code without their comments, which speak the language of the page."""
    blocks: list[str] = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    return [re.sub(r"\s+#.*|<!--.*?-->", "", block) for block in blocks]


def test_the_readme_points_to_every_page_and_names_the_port_that_is_set(language: str) -> None:
    text = (CHECKOUT / ("README.md" if language == "en" else "README.zh-CN.md")).read_text(encoding="utf-8")
    for name in PAGES:
        assert f"docs/guide/{language}/{name}.md" in text, name
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", text)) == {str(Settings().port)}
    other = (CHECKOUT / ("README.zh-CN.md" if language == "en" else "README.md")).read_text(encoding="utf-8")
    assert fences(text) == fences(other)
    assert text.count("\n## ") == other.count("\n## ")
