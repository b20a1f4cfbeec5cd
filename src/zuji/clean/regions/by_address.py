"""Where an internet address lies, by a database that the operator supplies: an MMDB file, as MaxMind makes it.

What is sure counts and nothing is guessed. In China the code of GB/T 2260 of the city, else of the province, else `CN`;
elsewhere the code of ISO 3166-2 (`US-CA`), else the country's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from zuji.clean.regions.find import Remembering
from zuji.clean.regions.found import USUALLY_MEANT
from zuji.clean.regions.provinces import COUNTRIES
from zuji.clean.regions.table import depth_of
from zuji.terms.error import BadRequest

LONGEST_ADDRESS = 45
"""Of IPv6 with an IPv4 address in it; what is longer is none, and is not remembered."""
REMEMBERED = 65_536
_WITH_CODES_OF_THEIR_OWN = {country: code for code, country in COUNTRIES.items()}
_LANGUAGES = ("zh-CN", "en")


class Database(Protocol):
    """What is asked of the file."""

    def get(self, address: str) -> object:
        """The record of an address, None when the file has none. Raises ValueError for what is no address."""


class AddressRegions:
    """Answers for addresses, and remembers what it said: visitors come again. Without a file it knows nothing."""

    def __init__(self, database: Database | None = None) -> None:
        self._database = database
        self._said: dict[str, str] = {}
        self._said_by: Remembering | None = None

    @property
    def known(self) -> bool:
        """Whether there is anything to ask."""
        return self._database is not None

    def code_of(self, address: str, regions: Remembering) -> str:
        """The region of an address as a code; empty when the file does not know it."""
        if len(address) > LONGEST_ADDRESS:
            return ""
        if regions is not self._said_by or len(self._said) >= REMEMBERED:
            self._said, self._said_by = {}, regions
        if address not in self._said:
            self._said[address] = self._look_up(address, regions)
        return self._said[address]

    def _look_up(self, address: str, regions: Remembering) -> str:
        if self._database is None:
            return ""
        try:
            record = self._database.get(address.strip())
        except ValueError:
            return ""
        return code_of_record(record, regions) if isinstance(record, Mapping) else ""


def open_address_regions(file: Path | None) -> AddressRegions:
    """The answers of a file. Raises BadRequest when it cannot be read; it is read where it lies, page by page."""
    if file is None:
        return AddressRegions()
    try:
        import maxminddb
    except ImportError as missing:
        raise BadRequest(f"{file} cannot be read without a package: pip install 'zuji[addresses]'.") from missing
    try:
        return AddressRegions(maxminddb.open_database(file))
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as damage:
        raise BadRequest(
            f"`address_regions` names {file}, which is no MMDB file that can be read: {damage}."
        ) from damage


def code_of_record(record: Mapping[str, Any], regions: Remembering) -> str:
    """The code of the deepest region that a record tells surely.

    >>> from zuji.clean.regions.table import built_in
    >>> known = Remembering(built_in())
    >>> code_of_record({"country": {"iso_code": "CN"}, "subdivisions": [{"names": {"zh-CN": "浙江省"}}]}, known)
    '330000'
    >>> code_of_record({"country": {"iso_code": "US"}, "subdivisions": [{"iso_code": "CA"}]}, known)
    'US-CA'
    """
    country = _text(_part(record, "country"), "iso_code")
    above = record.get("subdivisions")
    nearest = above[0] if isinstance(above, list) and above and isinstance(above[0], Mapping) else {}
    if country in _WITH_CODES_OF_THEIR_OWN:
        return _WITH_CODES_OF_THEIR_OWN[country]
    if country == "CN":
        return _code_in_china(list(_names(nearest)), list(_names(_part(record, "city"))), regions) or country
    below = _text(nearest, "iso_code")
    return f"{country}-{below}" if country and below else country


def _code_in_china(provinces: Iterable[str], cities: Iterable[str], regions: Remembering) -> str:
    """A city counts only as part of its province: several bear one name, the more so in Latin letters (Suzhou)."""
    province = next((code for name in provinces if (code := _sure(name, regions)) and depth_of(code) == 1), "")
    if not province:
        return ""
    own = regions.table.regions[province]
    for name in cities:
        within = f"{own.english} {name}" if name.isascii() else f"{own.name}{name}"
        code = _sure(within, regions)
        if code[:2] == province[:2]:
            return code
    return province


def _sure(name: str, regions: Remembering) -> str:
    found = regions.region(name)
    return found.code if found.standing == "found" and found.confidence >= USUALLY_MEANT else ""


def _names(part: Mapping[str, Any]) -> Iterator[str]:
    names = _part(part, "names")
    return (name for language in _LANGUAGES if (name := _text(names, language)))


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = record.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(part: Mapping[str, Any], name: str) -> str:
    text = part.get(name)
    return text if isinstance(text, str) else ""
