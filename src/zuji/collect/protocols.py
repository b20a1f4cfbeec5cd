"""The protocols by name."""

from __future__ import annotations

import importlib
from functools import cache
from typing import cast

from zuji.collect.decode.request import ProtocolModule
from zuji.collect.routes import ProtocolName


@cache
def find_protocol(name: ProtocolName) -> ProtocolModule:
    """The decoder module of a protocol, loaded with its first request."""
    return cast(ProtocolModule, importlib.import_module(f"zuji.collect.decode.{name}"))
