"""What the engine keeps of the identity state in memory: the identifiers and components of late, up to a number.

Everything is loaded from the hot state when a batch needs it, one statement per table. Half of it is let go when
it is full, least recently used first; all of it when a transaction was rolled back, since it may be ahead of the file.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from zuji.identify.component import Component, Home, Lone
from zuji.identify.evidence import Node
from zuji.store import identity
from zuji.store.hot import HotTransaction

CAPACITY = 150_000  # homes; about 1.5 KB each with their identifiers and shapes

Shape = bytes
"""Everything an event says but when and by which id, packed."""
Key = tuple[str, str, str]
"""(workspace, type, value)."""


class Link(msgspec.Struct, eq=False, gc=False):
    """What an event of a known shape comes to: its assertion (0 = none), its anchor, and where that lives.

    Without an assertion, or while `version` is that of its home, an event later than the home's last change changes
    nothing. `plain`: otherwise it need only be weighed; nothing about it can be rejected or founds a name. `dropped`:
    its shape must be looked at anew. The collector of garbage need not look at links: nothing they lead to knows them.
    """

    id: int
    home: Home
    anchor: int
    version: object = None
    plain: bool = False
    dropped: bool = False


class Memory:
    """The bounded cache, and the numbers still to be given out."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self.nodes: dict[Key, Node] = {}
        self.homes: dict[int, Home] = {}
        self.shapes: dict[Shape, Link] = {}
        self.kinds: dict[tuple[str, str], int] = {}
        self.counters: dict[str, int] = {}
        self.turn = 0

    def clear(self) -> None:
        """Forget everything."""
        self.nodes.clear()
        self.homes.clear()
        self.shapes.clear()
        self.kinds.clear()
        self.counters.clear()

    def next_number(self, name: str) -> int:
        """The next number of a kind (`anchor`, `evidence`, `kind`), from 1."""
        number = self.counters.get(name, 1)
        self.counters[name] = number + 1
        return number

    def begin(self, connection: HotTransaction) -> None:
        """Load the small tables when they are not in memory yet, and begin a turn."""
        self.turn += 1
        if not self.counters:
            self.counters.update(identity.counters(connection))
            self.kinds.update(identity.kinds(connection))

    # Looking up

    def load_values(self, connection: HotTransaction, keys: Iterable[Key]) -> None:
        """Have these identifiers in memory, as far as they exist."""
        wanted = [
            (kind, value)
            for workspace, type_, value in keys
            if (workspace, type_, value) not in self.nodes and (kind := self.kinds.get((workspace, type_))) is not None
        ]
        if wanted:
            self._admit(connection, identity.nodes_by_value(connection, wanted))

    def load_anchors(self, connection: HotTransaction, anchors: Iterable[int]) -> None:
        """Have the homes of these anchors in memory, as far as they exist."""
        wanted = [anchor for anchor in anchors if anchor not in self.homes]
        if wanted:
            self._admit(connection, identity.nodes_by_anchor(connection, wanted))

    def component(self, connection: HotTransaction, anchor: int) -> Component | None:
        """The component an anchor lives in, loaded when needed; None for a lone or unknown one."""
        self.load_anchors(connection, (anchor,))
        home = self.homes.get(anchor)
        return home if isinstance(home, Component) else None

    def _admit(self, connection: HotTransaction, rows: list[identity.NodeRow]) -> None:
        names = {number: key for key, number in self.kinds.items()}
        wanted: set[int] = set()
        for anchor, kind, value, first_at, first_event, first_source, component, block in rows:
            if anchor in self.homes:
                continue
            if component:
                wanted.add(component)
                continue
            workspace, type_ = names[kind]
            self.add_lone(workspace, Node(anchor, type_, value, first_at, first_event, first_source, block))
        if wanted:
            for number, body in identity.components(connection, wanted):
                self.settle_in(Component.load(number, body, touched=self.turn))

    # Keeping

    def add_lone(self, workspace: str, node: Node) -> Lone:
        """Remember an identifier that is linked with nothing."""
        lone = Lone(node, touched=self.turn)
        self.nodes[workspace, node.type, node.value] = node
        self.homes[node.anchor] = lone
        return lone

    def settle_in(self, component: Component) -> None:
        """Say that all its native identifiers live in this component."""
        for node in component.natives():
            self.nodes[component.workspace, node.type, node.value] = node
            self.homes[node.anchor] = component

    def remember_shape(self, shape: Shape, link: Link) -> None:
        """From now on events of this shape are recognised at a glance."""
        self.shapes[shape] = link
        link.home.shapes.append(shape)

    def drop_shapes(self, home: Home) -> None:
        """Its events must be looked at again."""
        for shape in home.shapes:
            link = self.shapes.pop(shape, None)
            if link is not None:
                link.dropped = True
        home.shapes = []

    def move_shapes(self, home: Home, whole: Component) -> None:
        """What lived in one home lives in another from now on."""
        for shape in home.shapes:
            link = self.shapes.get(shape)
            if link is not None:
                link.home = whole
        whole.shapes.extend(home.shapes)
        home.shapes = []

    def evict(self) -> None:
        """When it is full, let the half go that was not used for longest."""
        if len(self.homes) <= self.capacity:
            return
        homes = {id(home): home for home in self.homes.values()}
        stamps = sorted(home.touched for home in homes.values())
        oldest = stamps[len(stamps) // 2]
        for home in homes.values():
            if home.touched <= oldest:
                self.drop_shapes(home)
        self.homes = {anchor: home for anchor, home in self.homes.items() if home.touched > oldest}
        self.nodes = {key: node for key, node in self.nodes.items() if node.anchor in self.homes}
