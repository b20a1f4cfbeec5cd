"""Where everything is put together: stores opened, rooms built over them, the API's ports filled.

Only this module knows both the API and what stands behind its ports.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from zuji.analyse.ask import Asker
from zuji.analyse.settled import TagsNow
from zuji.analyse.visual_events import looking_up
from zuji.api.ports import Ports
from zuji.clean.regions.by_address import open_address_regions
from zuji.cli.bounds import spool_limits
from zuji.cli.clock import now_ms
from zuji.cli.filled_imports import EngineImports
from zuji.cli.filled_ports import EngineBackup, SpooledDecisions, SpooledEvents, health_of
from zuji.cli.filled_uploads import EngineUploads
from zuji.cli.opening import OpenStores, open_stores
from zuji.collect.inputs.report import InputsWatch
from zuji.collect.spool import SpoolWriter
from zuji.collect.spool_reader import SqliteSpoolReader
from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.govern.audit import AuditLog
from zuji.govern.keys import Keys
from zuji.govern.outbound import Outbound
from zuji.govern.posting import MailServer
from zuji.govern.principal import OPERATOR
from zuji.govern.profile_views import ProfileViews
from zuji.govern.sessions import Sessions
from zuji.govern.tokens import Tokens
from zuji.govern.users import Users
from zuji.govern.workspaces import Workspaces
from zuji.run.alerts import AlertLoop
from zuji.run.batch_tags import BatchTags
from zuji.run.batch_writing import BatchWriting
from zuji.run.deliveries import DeliveryLoop
from zuji.run.engine import Engine, build_engine
from zuji.run.noticing import NoticeLoop
from zuji.run.notifying import NoticeLine
from zuji.run.rehearsal import Rehearsal
from zuji.run.tag_rows import TagRows
from zuji.settings import Settings
from zuji.store.definitions import Definitions
from zuji.store.metadata import Metadata
from zuji.store.people_lists import PeopleLists
from zuji.store.policies import Policies
from zuji.store.receivers import Notices, Receivers
from zuji.store.saved import SavedWork
from zuji.store.subscriptions import Subscriptions
from zuji.store.users import UserStore
from zuji.terms.period import Calendar

DECISIONS = "decisions"
"""The name under which decisions of people enter the spool, beside the gateways'."""


def new_id() -> str:
    """A new random id."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Administration:
    """Workspaces, sources, keys, tokens, users, audit log, what people saved: what needs the metadata alone."""

    metadata: Metadata
    workspaces: Workspaces
    keys: Keys
    tokens: Tokens
    users: Users
    sessions: Sessions
    audit: AuditLog
    profile_views: ProfileViews
    saved: SavedWork
    lists: PeopleLists
    definitions: Definitions
    subscriptions: Subscriptions
    policies: Policies
    receivers: Receivers
    notices: Notices


def open_administration(data: Path, settings: Settings) -> Administration:
    """Open the metadata of a folder, making it when missing, and the rooms over it."""
    metadata = Metadata.open(data / "meta.sqlite")
    people = UserStore.beside(metadata)
    tokens = Tokens(metadata, people, now_ms=now_ms, new_id=new_id)
    return Administration(
        metadata,
        Workspaces(metadata, timezone=settings.timezone, now_ms=now_ms, new_id=new_id),
        Keys(
            metadata,
            snapshot=data / "keys.json",
            trusted_proxies=settings.trusted_proxies,
            now_ms=now_ms,
            new_id=new_id,
        ),
        tokens,
        Users(people, metadata, now_ms=now_ms, new_id=new_id, forget_tokens=tokens.forget),
        Sessions(people, metadata, now_ms=now_ms, new_id=new_id),
        AuditLog(metadata),
        ProfileViews(metadata, now_ms=now_ms),
        SavedWork.beside(metadata),
        PeopleLists.beside(metadata),
        Definitions.beside(metadata),
        Subscriptions.beside(metadata),
        Policies.beside(metadata),
        Receivers.beside(metadata),
        Notices.beside(metadata),
    )


@dataclass(frozen=True)
class FirstKeys:
    """What the first start made: shown once, kept nowhere."""

    token: str
    write_key: str
    secret_key: str
    welcome: str
    """The path of the link with which the first owner signs in."""


def first_start(administration: Administration) -> FirstKeys | None:
    """Make the default workspace, an owner token, the owner's link and a first source, unless that was done before."""
    if not administration.workspaces.ensure_default():
        return None
    token = administration.tokens.create(
        role="owner", name="first owner", workspace=None, expires_at=None, actor=OPERATOR.id
    )
    made = administration.keys.create_source("default", "web", "web", settings={}, actor=OPERATOR.id)
    welcome = administration.users.invite(role="owner", workspace=None, actor=OPERATOR.id)
    return FirstKeys(token.secret, made.write_key, made.secret_key, welcome.path)


@dataclass(frozen=True)
class House:
    """The engine with everything around it, ready to serve."""

    engine: Engine
    alerts: AlertLoop
    batch_tags: BatchTags
    tag_rows: TagRows
    noticing: NoticeLoop
    deliveries: DeliveryLoop
    administration: Administration
    decisions_spool: SpoolWriter
    ports: Ports


def build_house(
    data: Path, settings: Settings, administration: Administration, stores: OpenStores | None = None
) -> House:
    """Open all stores of a folder, unless `stores` are open already, and wire the engine. Nothing runs before
    `engine.start()` and `alerts.start()`.
    """
    limits = spool_limits(settings)
    keys = administration.keys
    stores = stores or open_stores(data, settings)
    hot = stores.hot
    engine = build_engine(
        data=data,
        hot=hot,
        events=stores.events,
        reader=SqliteSpoolReader(data / "spool", limits=limits),
        source_of=keys.source_of,
        now_ms=now_ms,
        slow_down=keys.slow_down,
        policies=administration.policies,
        addresses=open_address_regions(Path(settings.address_regions) if settings.address_regions else None),
        calendar_of=lambda workspace: Calendar(ZoneInfo(administration.workspaces.timezone_of(workspace))),
    )
    spool = SqliteSpoolWriter(data / "spool", DECISIONS, limits=limits)
    outbound = Outbound(allowed=settings.outbound_networks)
    told = NoticeLine(
        receivers=administration.receivers,
        notices=administration.notices,
        outbound=outbound,
        mail=MailServer(**msgspec.structs.asdict(settings.mail)),
        now_ms=now_ms,
    )
    deliveries = DeliveryLoop(
        subscriptions=administration.subscriptions, hot=hot, outbound=outbound, now_ms=now_ms, lines=(told,)
    )
    tag_rows = TagRows(hot=hot, events=engine.events, now_ms=now_ms)
    tags_now = TagsNow(tag_rows.defined, tag_rows.as_of_ms)
    imports = EngineImports(data, keys=keys, limits=limits)
    ports = Ports(
        hot=hot,
        events=engine.events,
        workspaces=administration.workspaces,
        keys=keys,
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
        notifier=told,
        outbound=outbound,
        redeliver=deliveries.redeliver,
        intake=SpooledEvents(spool, engine, keys, gateway=DECISIONS, now_ms=now_ms),
        decisions=SpooledDecisions(spool, engine, gateway=DECISIONS, now_ms=now_ms),
        freshness=engine,
        watch=engine.tail,
        health=lambda: health_of(engine),
        stewardship=EngineBackup(data, engine, now_ms=now_ms),
        imports=imports,
        uploads=EngineUploads(data, imports=imports, keys=keys, most_bytes=settings.upload_max_bytes),
        repairs=Rehearsal(hot=hot, source_of=keys.source_of, policies=administration.policies, now_ms=now_ms),
        now_ms=now_ms,
        new_id=new_id,
        tags_now=tags_now,
    )
    visual = looking_up(administration.definitions)
    alerts = AlertLoop(
        saved=administration.saved,
        asker=Asker(engine.events, now_ms=now_ms, tags=tags_now, visual=visual),
        workspaces=administration.workspaces,
        cancel=engine.events.cancel,
        now_ms=now_ms,
    )
    batch_tags = BatchTags(
        hot=hot,
        writing=BatchWriting(
            hot=hot, telling=engine.tagger.telling, batch_lock=engine.ingest.batch_lock, now_ms=now_ms
        ),
        events=engine.events,
        lists=administration.lists,
        asker=Asker(engine.events, now_ms=now_ms, tags=tags_now, visual=visual),
        timezone_of=administration.workspaces.timezone_of,
        now_ms=now_ms,
        oldest_s=settings.batch_tags_minutes * 60,
    )
    noticing = NoticeLoop(
        notices=administration.notices,
        saved=administration.saved,
        alarms=lambda: engine.status.now().alarm_facts,
        now_ms=now_ms,
    )
    engine.status.watch(tag_rows, batch_tags, InputsWatch(data, tuple(settings.inputs), now_ms=now_ms))
    return House(engine, alerts, batch_tags, tag_rows, noticing, deliveries, administration, spool, ports)
