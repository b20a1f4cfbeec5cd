"""Personal values hidden inside the engine, for roles that may not read them: the SQL of `govern.masking`.

The answer alone could not be masked afterwards: whoever may write SQL can cut a value in pieces, or ask for its hash.
So the views of such a role hold masked values to begin with. The engine's regular expressions cannot look around, so
the neighbour on the left is matched and put back. Where the two differ, this one hides more.
"""

from __future__ import annotations

from zuji.govern.masking import NARROW, PERSONAL_PART, SENSITIVE_TYPES, WIDE

_SUSPICIOUS = r"@|%40|＠|[０-９]{3}|[0-9]{4}[-. ]?[0-9]{4}|z[pst]_|[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.|:[0-9a-fA-F]{0,4}:"
"""Found in whatever one of the rules below changes; most texts are without it and cost one look."""

_MOBILE = (
    r"(^|[^0-9+])((?:\+?86[-. ]?)?1[3-9][0-9])(?:[- ]?[0-9]{4}[- ]?|\.[0-9]{4}\.)([0-9]{4})(\b|[A-Za-z_])",
    r"\1\2****\3\4",
)
_IPV4 = (r"(^|[^0-9.])([0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3})\.[0-9]{1,3}(\b|[A-Za-z_])", r"\1\2.0\3")
_TEXT_RULES = (
    (r"\b(z[pst]_)[A-Za-z0-9_-]{8,}", r"\1***"),
    (r"([\pL\pN])[\pL\pN_.+%-]* ?(@|%40) ?([\pL\pN_-]+(?:\.[\pL\pN_-]+)+)", r"\1***\2\3"),
    (r"(^|[^0-9])([0-9]{3})[0-9]{3}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{3}([0-9][0-9Xx])", r"\1\2*************\3"),
    _MOBILE,
    (r"(\+[0-9]{3})[0-9]{3,9}([0-9]{2})", r"\1****\2"),
    _IPV4,
    (r"(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}", "***"),
    (r"[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*::(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*)?", "***"),
)

_STRING = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"-?[0-9][0-9.eE+-]*"
_HIDDEN = r'\1"***"'
_HIDDEN_ESCAPE = r"\\u00(?:2[^67]|3[^cCeE]|[4-7])"
"""A letter, digit or @ written as an escape: what was sent by somebody who may be hiding a name from these rules."""


def masked_text(sql: str) -> str:
    """A text column with everything in it masked that `mask_text` masks; wide digits of the others become narrow."""
    masked = f"translateUTF8({sql}, {_quoted(WIDE)}, {_quoted(NARROW)})"
    for pattern, replacement in _TEXT_RULES:
        masked = f"replaceRegexpAll({masked}, {_quoted(pattern)}, {_quoted(replacement)})"
    return f"if(match({sql}, {_quoted(_SUSPICIOUS)}), {masked}, {sql})"


def masked_json(sql: str) -> str:
    """A JSON column: as a text, and values under personal names hidden whole."""
    key = rf'"(?:[^"]*\.)?{PERSONAL_PART}(?:\.[^"]*)?"'
    named = _quoted(rf"(?i)({key}\s*:\s*)(?:{_STRING}|{_NUMBER}|{_nested(3)})")
    hidden = f"replaceRegexpAll({masked_text(sql)}, {named}, {_quoted(_HIDDEN)})"
    return f"if(match({sql}, {_quoted(_HIDDEN_ESCAPE)}), '{{}}', {hidden})"


def masked_ip(sql: str) -> str:
    """The network an address lies in, as `mask_ip` tells it."""
    network4 = f"concat(arrayStringConcat(arraySlice(splitByChar('.', {sql}), 1, 3), '.'), '.0')"
    network6 = f"IPv6NumToString(tupleElement(IPv6CIDRToRange(toIPv6OrZero({sql}), 48), 1))"
    return f"multiIf({sql} = '', '', isIPv4String({sql}), {network4}, isIPv6String({sql}), {network6}, '***')"


def masked_identifiers(sql: str) -> str:
    """Pairs of (type, value), the values as `mask_identifier` tells them."""
    value = "tupleElement(zuji_one, 2)"
    masked = masked_text(value)
    short = (
        f"if(lengthUTF8({value}) > 8, concat(substringUTF8({value}, 1, 2), '***', substringUTF8({value}, -2)), '***')"
    )
    sensitive = ", ".join(_quoted(name) for name in SENSITIVE_TYPES)
    told = (
        f"if(tupleElement(zuji_one, 1) NOT IN ({sensitive}) OR {masked} != {value} OR position({value}, '***') > 0, "
        f"{masked}, {short})"
    )
    pairs = f"arrayMap(zuji_one -> (tupleElement(zuji_one, 1), {told}), {sql})"
    return f"CAST({pairs}, 'Array(Tuple(type LowCardinality(String), value String))')"


def _nested(depth: int) -> str:
    """An array or object of values, of arrays and objects of values, and so on."""
    inner = rf'{_STRING}|[^"\[\]{{}}]'
    return rf"[\[{{](?:{inner}|{_nested(depth - 1)})*[\]}}]" if depth else rf"[\[{{](?:{inner})*[\]}}]"


def _quoted(text: str) -> str:
    """A pattern of this file as a text of the engine."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
