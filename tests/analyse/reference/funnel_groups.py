"""The breakdown of a funnel: which attempt of whom counts for which value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from analyse.reference.admitted import Asked
from analyse.reference.funnel_attempts import Attempt, Attempts, Log, Rules, best, every_attempt, preference
from analyse.reference.groups import Group, Value, values_of

Choose = Callable[[list[Attempt], Mapping[int, Value], Log, Rules], dict[Value, Attempt | None]]


def attempts_by_value(asked: Asked, logs: Mapping[Any, Log], rules: Rules) -> dict[Value, Attempts]:
    """For each value the people who count there, each with the attempt that counts."""
    question = asked.question
    breakdown = question["breakdown"]
    matching = [
        event
        for log in logs.values()
        for event in log.events
        if asked.start <= event.at <= asked.end + rules.window
        and any(event.position in matches for matches in log.matches)
    ]
    values = values_of(asked, matching, breakdown)
    attribution = question.get("attribution", "first_touch")
    if breakdown.get("scope", "event") == "profile":
        attribution = "first_touch"
    found: dict[Value, Attempts] = {}
    for key, log in logs.items():
        attempts = list(every_attempt(log, rules))
        for value, attempt in by_attribution(attribution, question, attempts, values, log, rules).items():
            if attempt is not None:
                found.setdefault(value, {})[key] = attempt
    return found


def by_attribution(
    attribution: str,
    question: Mapping[str, Any],
    attempts: list[Attempt],
    values: Mapping[int, Value],
    log: Log,
    rules: Rules,
) -> dict[Value, Attempt | None]:
    """The values for which one person counts, each with the attempt."""
    if attribution in ("first_touch", "last_touch"):
        found = best(attempts, log, rules)
        return {} if found is None else {values[found[0 if attribution == "first_touch" else -1].position]: found}
    if attribution == "all_events":
        of_value: dict[Value, list[Attempt]] = {}
        for attempt in attempts:
            different = {values[event.position] for event in attempt}
            if len(different) == 1:
                of_value.setdefault(different.pop(), []).append(attempt)
        return {value: best(those, log, rules) for value, those in of_value.items()}
    step = question["step"]
    reaching = [attempt for attempt in attempts if len(attempt) >= step]
    if not reaching:
        width = len(question["breakdown"]["property"]) if isinstance(question["breakdown"]["property"], list) else 1
        return {(None,) * width: best(attempts, log, rules)}
    at_step: dict[Value, list[Attempt]] = {}
    for attempt in reaching:
        at_step.setdefault(values[attempt[step - 1].position], []).append(attempt)
    return {value: best(those, log, rules) for value, those in at_step.items()}


def attempts_of_group(group: Group, by_value: Mapping[Value, Attempts]) -> Attempts:
    """Everybody in the group once, with the best of the attempts that count for its values."""
    found: Attempts = {}
    for value in group.holds:
        for key, attempt in by_value[value].items():
            if key not in found or preference(attempt) < preference(found[key]):
                found[key] = attempt
    return found
