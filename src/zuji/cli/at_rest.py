"""Work on a data folder that no server is running on: under the lock, in this process, then closed again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, cast

import msgspec
from starlette.types import ASGIApp

from zuji.api.app import create_api
from zuji.api.ports import Ports
from zuji.cli.clock import now_ms
from zuji.cli.lock import ENGINE_LOCK, FOLDER_LOCK, owned
from zuji.cli.opening import open_events
from zuji.cli.wiring import Administration, new_id, open_administration
from zuji.govern.principal import OPERATOR
from zuji.settings import load_settings
from zuji.store.backup import backup
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.store.restore import restore
from zuji.terms.error import Busy

ENGINE_WAIT_S = 5.0


@contextmanager
def opened_stores(data: Path) -> Iterator[ASGIApp]:
    """The API over the stores of a folder at rest. It reads everything; decisions need the running server."""
    settings = load_settings(data, os.environ)
    with ExitStack() as stack:
        stack.enter_context(owned(data, name=FOLDER_LOCK))
        stack.enter_context(owned(data, name=ENGINE_LOCK, wait_s=ENGINE_WAIT_S))
        administration = open_administration(data, settings)
        administration.workspaces.ensure_default()
        hot = HotStore(data / "hot.sqlite")
        stack.callback(hot.close)
        events = _OpenedWhenAsked(lambda: open_events(data, settings, hot))
        stack.callback(events.close)
        yield create_api(_ports(data, administration, hot, events), now_s=time.monotonic, trusted=OPERATOR)


def backup_at_rest(data: Path, target: Path) -> dict[str, Any]:
    """Back up a folder that no server uses. Gives what the manifest says."""
    with owned(data), owned(data, name=ENGINE_LOCK, wait_s=ENGINE_WAIT_S):
        return cast(dict[str, Any], msgspec.to_builtins(backup(data, target, pause=nullcontext(), now_ms=now_ms())))


def restore_at_rest(source: Path, data: Path) -> dict[str, Any]:
    """Bring a backup back into a folder that is empty or missing. Gives what the manifest says."""
    return cast(dict[str, Any], msgspec.to_builtins(restore(source, data)))


def _ports(data: Path, administration: Administration, hot: HotStore, events: _OpenedWhenAsked) -> Ports:
    nothing = cast(Any, _NotRunning())
    return Ports(
        hot=hot,
        events=cast(EventStore, events),
        workspaces=administration.workspaces,
        keys=administration.keys,
        tokens=administration.tokens,
        users=administration.users,
        sessions=administration.sessions,
        profile_views=administration.profile_views,
        audit=administration.audit,
        saved=administration.saved,
        lists=administration.lists,
        definitions=administration.definitions,
        policies=administration.policies,
        scratch=data,
        subscriptions=administration.subscriptions,
        receivers=administration.receivers,
        notifier=nothing,
        outbound=nothing,
        redeliver=nothing,
        decisions=nothing,
        intake=nothing,
        freshness=nothing,
        watch=nothing,
        health=nothing,
        stewardship=nothing,
        imports=nothing,
        uploads=nothing,
        repairs=nothing,
        now_ms=now_ms,
        new_id=new_id,
    )


class _OpenedWhenAsked:
    """The event store, opened at the first question: most commands ask it none, and its engine takes a second."""

    def __init__(self, open_: Any) -> None:
        self._open = open_
        self._opened: EventStore | None = None

    def __getattr__(self, name: str) -> Any:
        if self._opened is None:
            self._opened = self._open()
        return getattr(self._opened, name)

    def close(self) -> None:
        """Close it if it was ever opened."""
        if self._opened is not None:
            self._opened.close()


class _NotRunning:
    """Stands behind ports that only a running engine can fill."""

    def __getattr__(self, name: str) -> Any:
        raise Busy("this needs a running server. Start it with `zuji serve --data DIR`, then try again.")

    def __call__(self, *_: Any) -> Any:
        """The health of nothing, or work on it."""
        raise Busy("no server is running on this data folder. Start it with `zuji serve --data DIR`.")
