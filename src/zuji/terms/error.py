"""The one family of errors. Caller mistakes are also ValueError; each error knows whether a retry helps."""

from __future__ import annotations


class ZujiError(Exception):
    """Anything this product raises on purpose. `code` is stable, the message is for people."""

    code = "error"
    retry = False


class BadRequest(ZujiError, ValueError):
    """The caller asked for something that makes no sense; the message says what would."""

    code = "bad_request"


class BadQuestion(BadRequest):
    """A question or rule that makes no sense; the message says what, where, and what would."""

    code = "bad_question"


class NotFound(ZujiError, LookupError):
    """No such thing, in this workspace."""

    code = "not_found"


class NotAllowed(ZujiError, PermissionError):
    """The caller's role or key does not allow this."""

    code = "not_allowed"


class Conflict(ZujiError):
    """The present state forbids this: for example, a merge that an earlier split forbids."""

    code = "conflict"


class Busy(ZujiError):
    """Ours, for now: a store is missing, locked or full. Trying again later helps."""

    code = "busy"
    retry = True
