"""Random evidence: few identifiers, many ties in time, every rule and key, so that every rule meets every other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from msgspec import structs
from reference import DAY_MS, strongest_first

from zuji.terms.identifier import Identifier
from zuji.terms.message import KeyKind
from zuji.terms.subject import Rule, Statement, Subject

USERS = [Identifier("user_id", name) for name in ("u", "v", "w")]
DEVICES = [Identifier("anonymous_id", "a"), Identifier("anonymous_id", "b"), Identifier("device_id", "d")]
CONTACTS = [Identifier("phone", f"+86138{number:08}") for number in range(1, 6)] + [Identifier("email", "e@shop.cn")]
OTHERS = [
    Identifier("unionid", "o1"),
    Identifier("unionid", "o2"),
    Identifier("distinct_id", "x"),
    Identifier("distinct_id", "y"),
    Identifier("loyalty", "l"),
]
EVERYBODY = USERS + DEVICES + CONTACTS + OTHERS
MOMENTS = [0, 1, 2, 3, 4, 5, DAY_MS, 89 * DAY_MS, 90 * DAY_MS - 1, 90 * DAY_MS, 90 * DAY_MS + 1, 200 * DAY_MS]
RULES: list[Rule] = ["sighting", "together", "identify", "sign_up", "alias", "bind", "unbind", "force_merge"]
PLAIN, TRUSTED = "plain", "trusted"
"""Two sources; the public key of the second may merge, and its secret key may force."""


@dataclass(frozen=True)
class Merge:
    """An operator says that two are one."""

    one: Identifier
    other: Identifier
    at: int
    id: str


@dataclass(frozen=True)
class Split:
    """An operator says that some of the members of the profile of an identifier leave; `choice` picks them."""

    of: Identifier
    choice: int


@dataclass(frozen=True)
class Lift:
    """An operator takes back a split: one of the forbidden pairs, which `choice` picks."""

    choice: int


@dataclass(frozen=True)
class Block:
    """An operator says that a value stands for nobody."""

    identifier: Identifier


@dataclass(frozen=True)
class Unblock:
    """An operator says that a value may link, whatever it looks like."""

    identifier: Identifier


@dataclass(frozen=True)
class Restart:
    """The engine is closed and opened again."""


Decision = Merge | Split | Lift | Block | Unblock
Step = Subject | Decision | Restart


def some_statements(random: Random) -> tuple[Statement, ...]:
    """Mostly none, at times two in one event."""
    return tuple(a_statement(random) for _ in range(random.choice([0, 0, 0, 1, 1, 2])))


def a_statement(random: Random) -> Statement:
    name = random.choice(["plan", "score"])
    choices = [
        Statement("set", name, random.choice(["red", "blue", 7])),
        Statement("set_once", name, random.choice(["first", "second"])),
        Statement("add", name, random.randint(1, 9)),
        Statement("append", name, random.choice(["a", "b", ["b", "c"]])),
        Statement("unset", name),
    ]
    return random.choice(choices * 3 + [Statement("delete")])


def a_subject(random: Random, number: int, pool: Sequence[Identifier]) -> Subject:
    """One subject. Two and two share an id in different sources, as clients of different sources may."""
    rule = random.choice(RULES)
    most_known, most_anonymous = {"sighting": (1, 0), "unbind": (1, 2)}.get(rule, (random.choice([1, 1, 2, 3]), 2))
    known = random.sample(pool, min(len(pool), random.randint(0, most_known)))
    anonymous = random.sample(pool, min(len(pool), random.randint(0, most_anonymous)))
    return Subject(
        workspace="default",
        source=TRUSTED if number % 2 else PLAIN,
        key="secret" if rule in ("unbind", "force_merge") else random.choice(["public", "secret"]),
        at=random.choice(MOMENTS),
        event_id=f"u{number}" if rule == "unbind" else f"m{number // 2}",
        rule=rule,
        known=tuple(strongest_first(known)),
        anonymous=tuple(strongest_first(anonymous)),
        identified=bool(known) and random.random() < 0.6,
        statements=some_statements(random),
    )


def a_log(random: Random, *, most: int = 16) -> list[Subject]:
    """A log over a few identifiers out of all kinds. It arrives as it stands."""
    pool = random.sample(EVERYBODY, random.randint(2, 8))
    numbers = list(range(random.randint(1, most)))
    random.shuffle(numbers)
    return [a_subject(random, number, pool) for number in numbers]


def decided_steps(random: Random) -> list[Step]:
    """A log with what operators decide in between, and restarts."""
    log = a_log(random)
    named = sorted({one for subject in log for one in subject.identifiers}) or USERS
    mixed: list[Step] = []
    for number, subject in enumerate(log):
        mixed.append(subject)
        if random.random() < 0.35:
            mixed.append(a_decision(random, number, named))
    return mixed


def a_decision(random: Random, number: int, named: Sequence[Identifier]) -> Step:
    return random.choice(
        [
            Merge(random.choice(named), random.choice(named), random.choice(MOMENTS), f"decision{number}"),
            Split(random.choice(named), random.getrandbits(16)),
            Split(random.choice(named), random.getrandbits(16)),
            Lift(random.getrandbits(16)),
            Restart(),
        ]
    )


def blocking_steps(random: Random) -> list[Step]:
    """A log with values that operators block and let go again. Without traits: what is stored keeps its anchor."""
    mixed: list[Step] = []
    for subject in a_log(random):
        mixed.append(structs.replace(subject, statements=()))
        if subject.identifiers and random.random() < 0.3:
            decision = random.choice([Block, Unblock])
            mixed.append(decision(random.choice(subject.identifiers)))
    return mixed


def phones_log(random: Random) -> list[Subject]:
    """Many phones around few users within and beyond the window, so that limits choose and choose again."""
    phones = [Identifier("phone", f"+86139{number:08}") for number in range(8)]
    log = []
    for number in range(random.randint(6, 24)):
        user, phone = random.choice(USERS[:2]), random.choice(phones)
        device = random.choice([(), (), tuple(DEVICES[:1])])
        at, key = random.choice([1, 2, 40, 80, 89, 90, 91, 130, 170]) * DAY_MS, random.choice(["public", "secret"])
        rule: Rule = random.choice(["bind", "together", "identify"])
        known, anonymous = (user,), tuple(strongest_first((phone, *device)))
        if device and random.random() < 0.5:
            known, anonymous = (phone,), device  # an edge whose other end is weaker
        log.append(Subject("default", TRUSTED, key, at, f"m{number}", rule, known, anonymous, rule == "identify"))
    return log


def hub_log(random: Random) -> list[Subject]:
    """About fifty people around one value, some of them outside the 30 days, so that it is blocked or just not."""
    hub = random.choice([*DEVICES, *CONTACTS])
    people = random.choice([50, 51, 51, 51, 53])
    spread = random.choice([5 * DAY_MS, 30 * DAY_MS - 1, 30 * DAY_MS, 31 * DAY_MS])
    log = []
    for number in range(people + random.randint(0, 6)):
        user = Identifier("user_id", f"{number % people}")
        rule: Rule = random.choice(["identify", "together", "bind"])
        at = {0: 0, people - 1: spread}.get(number, random.randrange(spread))
        key: KeyKind = random.choice(["public", "secret"])
        known, anonymous = ((user, hub), ()) if rule == "together" else ((user,), (hub,))
        log.append(
            Subject("default", random.choice([PLAIN, TRUSTED]), key, at, f"m{number}", rule, known, anonymous, True)
        )
    extra = [Subject("default", PLAIN, "public", n, f"s{n}", "sighting", (hub,)) for n in (0, spread // 2, spread)]
    return log + extra
