"""The inputs that the operator has set up: the sections `[inputs.NAME]` of `zuji.toml`. No request can set one up."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from zuji.collect.inputs import kinds
from zuji.collect.inputs.input import InputSettings, Kind
from zuji.terms.document import read_document
from zuji.terms.error import BadRequest

MOST_INPUTS = 16
"""Each is a process and a folder of the spool, which the engine looks into all the time."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class ConfiguredInput:
    """One of them. `name` is the operator's, `kind` that of a module."""

    name: str
    kind: str
    settings: InputSettings


def read_inputs(sections: Mapping[str, Mapping[str, Any]]) -> tuple[ConfiguredInput, ...]:
    """The inputs of these sections. Raises BadRequest that names the section and what is allowed."""
    if len(sections) > MOST_INPUTS:
        raise BadRequest(f"there may be {MOST_INPUTS} inputs, zuji.toml has {len(sections)}. One can read many topics.")
    return tuple(_read(name, section) for name, section in sections.items())


def kind_named(kind: str) -> Kind:
    """The module of a kind. Raises BadRequest with those that there are."""
    known = sorted(module.name for module in pkgutil.iter_modules(kinds.__path__))
    if kind not in known:
        raise BadRequest(f"{kind!r:.80} is no kind of input. There are: {', '.join(known)}.")
    return cast(Kind, import_module(f"{kinds.__name__}.{kind}"))


def _read(name: str, section: Mapping[str, Any]) -> ConfiguredInput:
    if not _NAME.fullmatch(name):
        raise BadRequest(f"[inputs.{name:.80}]: a name has small letters, digits and dashes, at most 40.")
    kind = section.get("kind", "")
    try:
        module = kind_named(kind)
        own = {field: value for field, value in section.items() if field != "kind"}
        return ConfiguredInput(name, kind, read_document(module.Settings, own))
    except BadRequest as mistake:
        raise BadRequest(f"[inputs.{name}] of zuji.toml: {mistake}") from mistake
