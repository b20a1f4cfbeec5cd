"""What counts as truly linkable."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from lived import all_decoded, lived, options

from zuji.demo.history import generate
from zuji.demo.truth import linkable, load_truth

U, A, PHONE, CARD, EMAIL = "user_id:u", "anonymous_id:a", "phone:+861", "member_card:c", "email:e@mail.cn"


def components(*evidence: tuple[int, int, bool, tuple[str, ...]]) -> list[set[str]]:
    """Evidence as (time, actor, secret, identifiers), grouped by what it connects."""
    table = linkable(((at, f"e{at}"), actor, secret, names) for at, actor, secret, names in evidence)
    groups = table.with_columns(name=pl.col("type") + ":" + pl.col("value")).group_by("component").agg("name")
    return sorted((set(names) for names in groups["name"].to_list()), key=sorted)


def test_what_is_named_together_is_linkable() -> None:
    assert components((1, 7, False, (U, A))) == [{U, A}]


def test_what_is_linked_over_a_third_identifier_is_linkable() -> None:
    assert components((1, 7, False, (U, A)), (2, 7, True, (U, CARD))) == [{U, A, CARD}]


def test_what_two_people_used_links_nobody_and_belongs_to_nobody() -> None:
    other = "user_id:v"
    assert components((1, 7, False, (U, A)), (2, 8, False, (other, A))) == [{U}, {other}]


def test_a_phone_typed_into_a_page_links_as_a_newcomer() -> None:
    assert components((1, 7, False, (U, A)), (2, 7, False, (U, PHONE))) == [{U, A, PHONE}]


def test_a_phone_typed_into_a_page_takes_over_nobody_who_exists() -> None:
    till, page = (1, 7, True, (CARD, PHONE)), (3, 7, False, (U, PHONE))
    assert components(till, (2, 7, False, (U, A)), page) == [{U, A}, {CARD, PHONE}]


def test_a_secret_key_links_two_who_exist() -> None:
    till, office = (1, 7, True, (CARD, PHONE)), (3, 7, True, (U, PHONE))
    assert components(till, (2, 7, False, (U, A)), office) == [{CARD, PHONE, U, A}]


def test_the_order_of_writing_down_does_not_matter_only_the_time() -> None:
    till, first, page = (1, 7, True, (CARD, PHONE)), (2, 7, False, (U, A)), (3, 7, False, (U, PHONE))
    assert components(page, first, till) == components(till, first, page)


def test_linkable_pairs_count_pairs_within_components() -> None:
    truth = lived().truth
    sizes = truth.identifiers.group_by("component").len()["len"].to_list()
    assert truth.linkable_pairs == sum(size * (size - 1) // 2 for size in sizes) > 500


def test_no_component_holds_two_people() -> None:
    owners = lived().truth.identifiers.group_by("component").agg(pl.col("actor").n_unique())
    assert owners["actor"].max() == 1


def test_who_links_by_every_value_alike_merges_different_people() -> None:
    """The traps bite: a linker without guard rails, over the same messages, puts different people together."""
    world = lived(people=2000, days=12)
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for _, message in all_decoded(world):
        ids = (message.user_id and f"user_id:{message.user_id}", f"anonymous_id:{message.anonymous_id}")
        names = [name for name in ids if name and not name.endswith(":")]
        for name in names[1:]:
            parent[root(name)] = root(names[0])
    own = world.truth.identifiers.with_columns(name=pl.col("type") + ":" + pl.col("value"))
    owners: dict[str, set[int]] = {}
    for name, actor in own.select("name", "actor").iter_rows():
        if name in parent:
            owners.setdefault(root(name), set()).add(actor)
    assert sum(len(people) > 1 for people in owners.values()) >= 1
    assert max(len(people) for people in owners.values()) > 20


def test_the_truth_survives_being_kept(tmp_path: Path) -> None:
    history = generate(options(people=60, days=8), tmp_path / "truth")
    for _ in history:
        pass
    kept = history.close()
    again = load_truth(tmp_path / "truth")
    assert again.options == kept.options == options(people=60, days=8)
    assert again.events.equals(lived(people=60, days=8).truth.events)
    assert again.identifiers.equals(kept.identifiers)


def test_a_new_history_forgets_the_truth_kept_before(tmp_path: Path) -> None:
    for seed in (7, 8):
        history = generate(options(people=60, days=8, seed=seed), tmp_path)
        for _ in history:
            pass
        history.close()
    assert load_truth(tmp_path).events.equals(lived(people=60, days=8, seed=8).truth.events)
