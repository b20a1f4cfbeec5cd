"""The examples in the texts of cleaning and of seen ids are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import zuji.clean

MODULES = [f"zuji.clean.{module.name}" for module in pkgutil.iter_modules(zuji.clean.__path__)]


@pytest.mark.parametrize("name", [*MODULES, "zuji.store.seen"])
def test_the_examples_of_a_module_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
