"""Who lives in the demo world: people, what they carry, and the robots among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zuji.demo.devices import Make
from zuji.demo.names import City

DeviceKind = Literal["web", "app", "mini_program"]
RobotKind = Literal["crawler", "headless", "speeder"]


@dataclass(slots=True)
class Device:
    """A browser, an app on a phone, or a mini-program on a phone. `shared`: several people use it in turn.

    `clock_error_ms` is how far its clock runs ahead of the truth. `signed_in` is the number of the person logged in.
    """

    kind: DeviceKind
    make: Make
    anonymous_id: str
    device_id: str = ""
    app_version: str = ""
    shared: bool = False
    clock_error_ms: int = 0
    signed_in: int = 0
    opened: bool = False

    @property
    def identifiers(self) -> tuple[str, ...]:
        """What every event of this device names, as `type:value`."""
        own = f"anonymous_id:{self.anonymous_id}"
        return (f"device_id:{self.device_id}", own) if self.device_id else (own,)


@dataclass(slots=True)
class Person:
    """One true person. Empty text = they have no such thing (yet); `registered` is the day, None = not (yet).

    `eagerness` is the chance of an online visit on a day soon after joining, `intent` how readily they buy.
    `mistyped_email` is what they gave the shop instead of their address. `known_to_crm`: a file of the customer
    system has tied account, card and phone together, so that even a sloppy till cannot confuse them any more.
    """

    number: int
    name: str
    letters: str
    language: str
    city: City
    birth_year: int
    joined: int
    eagerness: float
    intent: float
    loves: tuple[str, str]
    devices: tuple[Device, ...]
    user_id: str
    phone: str
    email: str
    openid: str
    unionid: str
    blog_id: str = ""
    mistyped_email: str = ""
    card: str = ""
    will_register: bool = False
    gives_phone: bool = False
    gives_email: bool = False
    visits_store: int = 0
    household: int = 0
    registered: int | None = None
    known_to_crm: bool = False
    on_file: tuple[bool, str] = (False, "")
    visits: int = 0

    @property
    def given_email(self) -> str:
        """The address the shop knows, right or mistyped; empty when they keep it to themselves."""
        return (self.mistyped_email or self.email) if self.gives_email else ""


@dataclass(frozen=True, slots=True)
class Robot:
    """Something that acts like a visitor and is none. Speeders have an honest browser's name and inhuman speed."""

    number: int
    kind: RobotKind
    user_agent: str
    anonymous_id: str
    days: tuple[int, ...]
