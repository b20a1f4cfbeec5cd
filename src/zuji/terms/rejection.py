"""Why an event waits in quarantine: a closed list. Dashboards, docs and tests read this one."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Reason = Literal[
    "not_an_object",
    "unknown_type",
    "wrong_field_type",
    "no_identifier",
    "no_event_name",
    "bad_name",
    "bad_message_id",
    "event_too_big",
    "future_time",
    "too_old",
    "needs_secret_key",
    "too_many_new_people",
    "too_many_new_properties",
    "against_rule",
    "against_plan",
    "processing_failed",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

MEANINGS: dict[Reason, str] = {
    "not_an_object": "An item of the batch is not a JSON object.",
    "unknown_type": "The type of the message is none of those its protocol knows.",
    "wrong_field_type": "A field of the message has the wrong type, such as an object where a text is expected.",
    "no_identifier": "The message names nobody: neither a user id nor an anonymous id nor any other identifier.",
    "no_event_name": "A track message without the name of its event.",
    "bad_name": "The name of an event or property breaks the rule of its protocol.",
    "bad_message_id": "The message id is longer than 100 characters.",
    "event_too_big": "The event is larger than its source allows.",
    "future_time": "After correction for the client's clock the event lies more than a day in the future.",
    "too_old": "The event is dated before the earliest time its source allows (1990 by default).",
    "needs_secret_key": "A public key asked for what only a secret key may do: unbind, delete a profile, "
    "join two identified profiles, force a merge.",
    "too_many_new_people": "The source brought more new people within an hour than its limit allows.",
    "too_many_new_properties": "The source brought more new property names within a day than its limit allows.",
    "against_rule": "A rule that the workspace set to quarantine sets the event aside; the detail names the rule.",
    "against_plan": "The tracking plan is enforced for this event, and the event is not as it foresees.",
    "processing_failed": "The event broke a stage of the pipeline; it was set aside so that its neighbours could pass.",
}


class Rejection(msgspec.Struct, frozen=True):
    """One event that could not pass: where it stands in its batch, the reason, and what exactly was wrong."""

    index: int
    reason: Reason
    detail: str = ""
