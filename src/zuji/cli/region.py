"""zuji region: the table of regions, made from lists that people have, and what it makes of a text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption
from zuji.cli.output import JsonOption, print_facts, print_json, print_table, say

if TYPE_CHECKING:
    # The commands load these themselves: they bring NumPy, for which `zuji serve` would have to wait.
    from zuji.clean.regions.find import Remembering
    from zuji.clean.regions.found import Found

app = typer.Typer(help="Regions of China: codes, names, phone prefixes.", no_args_is_help=True)


@app.command()
def load(
    files: Annotated[
        list[Path], typer.Argument(help="CSV, TSV or Parquet: regions (code, name) and, if any, phone prefixes.")
    ],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Make the table of regions from lists. It takes the place of the former one, also in a running server."""
    from zuji.clean.regions.load import load_regions
    from zuji.clean.regions.stored import FILE_NAME, write_table

    loaded = load_regions(files)
    data.mkdir(parents=True, exist_ok=True)
    write_table(loaded.table, data / FILE_NAME)
    table = loaded.table
    say(f"{len(table.regions):,} regions, {len(table.postcodes):,} postcodes, {len(table.area_codes):,} area codes.")
    for note in loaded.notes:
        say(f"Note: {note}.")


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="An address, a name, a code; with --by a phone number or a postcode.")],
    by: Annotated[str, typer.Option(help="What it is: text, code, phone, postcode.")] = "text",
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """What region a text names, how surely, and which ones it could mean besides."""
    from zuji.clean.regions.stored import FILE_NAME, KnownRegions

    regions = KnownRegions(data / FILE_NAME).now()
    ask = {"text": regions.region, "code": regions.code, "phone": regions.phone, "postcode": regions.postcode}
    if by not in ask:
        raise typer.BadParameter(f"{by!r} is none of {', '.join(ask)}", param_hint="--by")
    found = ask[by](text)
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    _show(found, regions)


def _show(found: Found, regions: Remembering) -> None:
    table = regions.table
    facts: dict[str, str] = {"standing": found.standing}
    if found.code:
        place = msgspec.structs.asdict(table.place(found.code))
        facts |= {name: value for name, value in place.items() if value}
    if found.standing == "found":
        facts["confidence"] = f"{found.confidence:.2f}"
    print_facts("Region", facts)
    if found.candidates:
        rows = [(code, " ".join(_names(code, regions))) for code in found.candidates]
        print_table("It could mean", ("code", "region"), rows)


def _names(code: str, regions: Remembering) -> list[str]:
    table = regions.table
    return [table.regions[each].name for each in (*reversed(table.parents(code)), code)]
