"""Cleaning, read aloud. To add a step, write it in a file named for its noun and give it its place here."""

from __future__ import annotations

from collections.abc import Callable

from zuji.clean.click_chains import read_chains
from zuji.clean.commerce import read_commerce
from zuji.clean.constraints import hold_constraints
from zuji.clean.devices import describe_devices
from zuji.clean.identifiers import name_identifiers
from zuji.clean.messages import read_contexts, read_properties, reject_unusable
from zuji.clean.pages import describe_pages
from zuji.clean.placing import place_by_address
from zuji.clean.plan_check import check_plan
from zuji.clean.property_names import guard_property_names
from zuji.clean.protect import protect_personal_fields
from zuji.clean.purposes import note_purposes
from zuji.clean.rename import rename_events
from zuji.clean.reported import note_reports
from zuji.clean.robots import flag_robots
from zuji.clean.rules import apply_rules
from zuji.clean.sheet import Sheet
from zuji.clean.standardise import standardise_values
from zuji.clean.subjects import state_subjects
from zuji.clean.times import correct_times

Step = Callable[[Sheet], None]

STEPS: tuple[Step, ...] = (
    reject_unusable,
    read_contexts,
    read_properties,
    read_chains,
    rename_events,
    standardise_values,
    correct_times,
    name_identifiers,
    note_reports,
    describe_pages,
    describe_devices,
    place_by_address,
    read_commerce,
    note_purposes,
    apply_rules,
    check_plan,
    guard_property_names,
    flag_robots,
    hold_constraints,
    protect_personal_fields,
    state_subjects,
)
"""The order matters twice: who is rejected early brings no new property names and turns no pages.
Constraints remember payments, so nobody may come to them who is rejected afterwards."""
