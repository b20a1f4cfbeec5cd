"""What may be set, and from where: the defaults, then `zuji.toml` in the data folder, then ZUJI_* in the environment.

Only the command line reads this module; every other room is handed the values it needs. The last word has an option
on the command line, which `Settings.with_options` applies.
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from zuji.terms.error import BadRequest
from zuji.terms.refusal import refusal

FILE_NAME = "zuji.toml"
PREFIX = "ZUJI_"
NOT_SETTINGS = frozenset({"ZUJI_DATA"})
"""ZUJI_* variables that commands read themselves: where the data folder is cannot stand inside it."""

MEGABYTE = 1024 * 1024
GIGABYTE = 1024 * MEGABYTE
_LISTS = frozenset({"trusted_proxies", "outbound_networks"})
_FILE_ONLY = frozenset({"inputs"})
"""Sections of sections: `collect.inputs` reads what is in them, and no variable of the environment could say it."""
LogLevel = Literal["debug", "info", "warning", "error"]


class SpoolSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much accepted but not yet stored data may wait on disk, and how much stays for a replay afterwards."""

    max_bytes: int = 20 * GIGABYTE
    min_free_bytes: int = GIGABYTE
    keep_taken_bytes: int = 2 * GIGABYTE
    segment_bytes: int = 64 * MEGABYTE


class StoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The event store. An empty `location` means the folder `events` in the data folder; http(s):// a server."""

    location: str = ""
    query_memory_bytes: int = 700 * MEGABYTE
    query_seconds: int = 30
    query_threads: int = 2
    queries_at_once: int = 3


class MailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The server that takes mail to receivers of notices. Without `host` and `sender` no mail is sent."""

    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    sender: str = ""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything an operator may set. Sizes are in bytes; `timezone` is the zone of new workspaces.

    `outbound_networks`: networks inside the house (10.1.0.0/16) that calls to receivers may reach all the same.
    `address_regions`: an MMDB file that tells where internet addresses lie; empty: nobody is placed by an address.
    `batch_tags_minutes`: how old batch tags may be. `upload_max_bytes`: of one file that is offered for import.
    """

    host: str = "127.0.0.1"
    port: int = 8642
    gateways: int = 1
    base_path: str = ""
    trusted_proxies: tuple[str, ...] = ()
    outbound_networks: tuple[str, ...] = ()
    log_level: LogLevel = "info"
    timezone: str = "Asia/Shanghai"
    address_regions: str = ""
    upload_max_bytes: Annotated[int, msgspec.Meta(ge=1024, le=64 * GIGABYTE)] = 4 * GIGABYTE
    batch_tags_minutes: Annotated[int, msgspec.Meta(ge=1, le=60)] = 60
    spool: SpoolSettings = SpoolSettings()
    store: StoreSettings = StoreSettings()
    mail: MailSettings = MailSettings()
    inputs: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    """By name: what comes in without being posted to the gateway. Set in the file alone (docs/inputs.md)."""

    def with_options(self, **options: Any) -> Settings:
        """The same settings with the options that were given on the command line (None = not given)."""
        given = {name: value for name, value in options.items() if value is not None}
        return _checked(msgspec.to_builtins(self) | given, "the command line")


class BadSettings(BadRequest):
    """A setting nobody knows, or a value that cannot be one."""

    code = "bad_settings"


SECTIONS: dict[str, type[msgspec.Struct]] = {"spool": SpoolSettings, "store": StoreSettings, "mail": MailSettings}


def load_settings(data: Path, environment: Mapping[str, str]) -> Settings:
    """The settings for a data folder, which need not exist yet.

    >>> load_settings(Path("/nowhere"), {"ZUJI_PORT": "9000", "ZUJI_SPOOL_MAX_BYTES": "1000000"}).spool.max_bytes
    1000000
    """
    values = _from_file(data / FILE_NAME)
    for section, names in _from_environment(environment).items():
        if section:
            values[section] = {**values.get(section, {}), **names}
        else:
            values.update(names)
    return _checked(values, f"{FILE_NAME} or the environment")


def allowed_names() -> list[str]:
    """Every name a settings file may hold, sections written `section.name`; but no inputs, whose names are free."""
    other = SECTIONS.keys() | _FILE_ONLY
    plain = [field.name for field in msgspec.structs.fields(Settings) if field.name not in other]
    nested = [f"{section}.{field.name}" for section, kind in SECTIONS.items() for field in msgspec.structs.fields(kind)]
    return plain + nested


def variable_of(name: str) -> str:
    """The environment variable of a setting: `spool.max_bytes` is ZUJI_SPOOL_MAX_BYTES."""
    return PREFIX + name.replace(".", "_").upper()


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as damage:
        raise BadSettings(f"{path} is not valid TOML: {damage}. Correct the file or move it away.") from damage
    for name, value in values.items():
        if name in _FILE_ONLY:
            continue
        if name not in SECTIONS:
            _refuse_unknown(name, str(path))
        elif not isinstance(value, dict):
            raise BadSettings(f"{path}: [{name}] is a section; write its settings under the line [{name}].")
        else:
            for inner in value:
                _refuse_unknown(f"{name}.{inner}", str(path))
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    names = {variable_of(name): name for name in allowed_names()}
    found: dict[str, dict[str, Any]] = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        if variable not in names:
            allowed = ", ".join(sorted(names))
            raise BadSettings(f"the environment variable {variable} is no setting. Allowed are: {allowed}.")
        section, _, name = names[variable].rpartition(".")
        found.setdefault(section, {})[name] = _listed(text) if name in _LISTS else text
    return found


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _refuse_unknown(name: str, where: str) -> None:
    allowed = allowed_names()
    if name not in allowed:
        raise BadSettings(f"{where}: {name!r} is no setting. Allowed are: {', '.join(allowed)}.")


def _checked(values: Mapping[str, Any], where: str) -> Settings:
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as mistake:
        raise BadSettings(f"a setting in {where} has a value it cannot have: {refusal(Settings, mistake)}") from mistake
    if not 0 <= settings.port <= 65535:
        raise BadSettings(f"port must lie between 0 and 65535, got {settings.port}.")
    for network in settings.outbound_networks:
        _check_network(network, where)
    if not 1 <= settings.gateways <= 64:
        raise BadSettings(f"gateways must lie between 1 and 64, got {settings.gateways}.")
    return settings


def _check_network(text: str, where: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError as mistake:
        raise BadSettings(f"outbound_networks in {where}: {mistake}. Write 10.1.0.0/16.") from mistake
