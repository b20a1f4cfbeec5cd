"""Routes that are declared when the program starts, and worked out when somebody first asks for one of them.

As soon as a route is declared FastAPI reads the signature of its function and builds what checks its parameters, its
body and its answer, and once more for every app and prefix the route is included under. For all our routes that was a
quarter of a start, and most of them nobody asks for that day.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Self

from fastapi.routing import APIRoute
from starlette.routing import compile_path

_WORKING_OUT = threading.RLock()


class DeferredRoute(APIRoute):
    """A route that knows its path, its methods and its function from the start, and all else from its first use on."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self.path = path
        self.endpoint = endpoint
        self.methods = {method.upper() for method in options.get("methods") or ("GET",)}
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self._options = options
        self._is_worked_out = False

    def under(self, prefix: str, responses: Mapping[int | str, dict[str, Any]]) -> Self:
        """The same route for an app, which has a prefix for it, and answers that every route of it may give."""
        options = {**self._options, "responses": {**responses, **(self._options.get("responses") or {})}}
        return type(self)(prefix + self.path, self.endpoint, **options)

    def __getattr__(self, name: str) -> Any:
        """Called for what is not there yet: then the rest is worked out, as FastAPI would have done at once."""
        with _WORKING_OUT:
            if not self.__dict__.get("_is_worked_out", True):
                self._is_worked_out = True  # what is missing from here on is missing
                try:
                    super().__init__(self.path, self.endpoint, **self._options)
                except BaseException:
                    self._is_worked_out = False
                    raise
            return object.__getattribute__(self, name)
