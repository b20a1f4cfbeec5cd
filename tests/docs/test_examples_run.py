"""The examples in our docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import zuji

MODULES = sorted(
    found.name for found in pkgutil.walk_packages(zuji.__path__, "zuji.") if not found.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
