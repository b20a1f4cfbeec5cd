"""Under published policies, planted defects are caught with the right reason, clean rows are left alone, and what is
stored is true: names, standards, regions, plan, rules with other switches and missing steps.

./zuji test tests/clean/test_planted_decided.py -s     prints the rates by kind, as docs/planted-defects.md has them
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from clean_builders import some_facts
from planted_decided import DECISIONS, planted_trade, reader_of
from planted_outcome import outcome_of
from planted_trades import AGENCY, BANK, COURIER, SHOP, STORED_REGIONS, Trade

from zuji.clean.policies import NoPolicies
from zuji.clean.regions.stored import KnownRegions, write_table
from zuji.clean.regions.table import Region, RegionTable, table_of
from zuji.terms.policy import Part, Policy


@dataclass(frozen=True)
class Published(NoPolicies):
    """What a workspace has published."""

    parts: Mapping[str, Mapping[str, Any]]

    def newest(self, workspace: str, part: Part) -> Policy | None:
        document = self.parts.get(part)
        return None if document is None else Policy(workspace, part, 1, document, 0, "the operator")


@pytest.fixture(scope="module")
def regions(tmp_path_factory: pytest.TempPathFactory) -> KnownRegions:
    file = Path(tmp_path_factory.mktemp("regions")) / "regions.bin"
    write_table(RegionTable(table_of([Region(*each) for each in STORED_REGIONS])), file)
    return KnownRegions(file)


@pytest.mark.parametrize(
    ("trade", "seed"),
    [(SHOP, 1), (SHOP, 2), (AGENCY, 3), (COURIER, 4), (BANK, 5)],
    ids=["shop 1", "shop 2", "agency 3", "courier 4", "bank 5"],
)
def test_what_policies_are_for_is_caught_and_mended_and_clean_rows_are_left_alone(
    trade: Trade, seed: int, regions: KnownRegions
) -> None:
    facts = replace(some_facts(), policies=Published(trade.policies()), regions=regions)
    rows = planted_trade(trade, seed=seed, rows=4_000, of_each=20)
    outcome = outcome_of(rows, facts, reader_of(trade))
    print(table := outcome.table())
    assert len(outcome.planted) == len(DECISIONS) >= 25, table
    assert outcome.caught_share >= 0.98, table
    assert outcome.worst_share >= 0.9, table
    assert outcome.touched_share <= 0.005, table
    assert outcome.true_share >= 0.98, table
    assert outcome.true_share > outcome.sent_true_share, table
