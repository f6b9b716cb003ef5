"""The only place where settings become adapters, chosen by URL scheme. Faces call ``setup`` and ``application``."""

from __future__ import annotations

import gc
import os
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from designchord.errors import SettingsError
from designchord.home import alone, complaint
from designchord.settings import Settings

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from designchord.designs.models import Owner
    from designchord.engines.base import Engine
    from designchord.events.base import EventStream
    from designchord.pipeline.steps import Steps
    from designchord.pipeline.verbs import Verbs
    from designchord.runtime.beside import Beside
    from designchord.runtime.leases import LeaseKeeper
    from designchord.runtime.ports import Models
    from designchord.runtime.sweeper import Sweeper


def setup() -> Settings:
    """Configure Django and logging once, and hand back the settings. Raises ``SettingsError``."""
    import django
    from django.apps import apps

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designchord.djangoconf")
    if not apps.ready:
        django.setup()
    from designchord.djangoconf import DESIGNCHORD
    from designchord.logs import configure_logs

    configure_logs(DESIGNCHORD.log_level)
    return DESIGNCHORD


@dataclass(frozen=True, slots=True)
class Readiness:
    """Which parts answer. Only the needed ones decide: designs are accepted, kept and made later without the others."""

    checks: dict[str, bool]
    needed: frozenset[str]

    @property
    def ready(self) -> bool:
        return all(self.checks[name] for name in self.needed)

    @property
    def status(self) -> str:
        if not self.ready:
            return "not ready"
        return "ready" if all(self.checks.values()) else "degraded"


@dataclass(slots=True)
class App:
    """One process's designchord: adapters and verbs, wired."""

    settings: Settings
    models: Models
    stream: EventStream
    engine: Engine
    leases: LeaseKeeper
    steps: Steps
    sweeper: Sweeper
    verbs: Verbs
    #: Where watchers hear only what this process does itself.
    beside: Beside | None = None
    _running: bool = field(default=False)

    def owner(self) -> Owner:
        """Whoever uses the embedded mode; where there are accounts, faces know the owner from the request."""
        from designchord.designs.services.designs import local_owner

        return local_owner()

    @property
    def running(self) -> bool:
        return self._running

    def readiness(self) -> Readiness:
        """Ask each part; takes a few seconds at most when one is frozen."""
        from designchord.designs.services.readiness import database_takes_writes

        needed = {"database", "engine"} if self.settings.embedded else {"database"}
        checks = {
            "database": database_takes_writes(),
            "engine": self.engine.answers(),
            "events": self.stream.answers(),
        }
        return Readiness(checks, frozenset(needed))

    def run(self) -> None:
        """Begin to run steps and to sweep in this process."""
        if not self._running:
            self.models.vet()
            self._running = True
            gc.set_threshold(*RARELY)
            self.sweeper.prepare()
            self.engine.start()
            self.sweeper.start()
            if self.beside is not None:
                self.beside.start()

    def close(self, grace: float = 20.0) -> None:
        """Take no more steps; those still running after ``grace`` seconds are given back for the next process."""
        if self._running:
            self._running = False
            self.sweeper.stop()
            if self.beside is not None:
                self.beside.stop()
        self.engine.stop(grace)
        self.leases.release_all()
        self.stream.close()


#: When Python looks for rubbish in circles. It looks through all that thousands of waiting steps hold, and there are
#: few circles: with 400 designs at once, looking as often as by default took a tenth of the CPU.
RARELY = (20_000, 20, 50)

#: Files that a process needs beside those for its calls: its clients, the database, itself.
OTHER_FILES = 512

#: Any number that no other program uses for an advisory lock in the same database.
_MIGRATION_LOCK = 0x64636864

_app: App | None = None
_lock = threading.Lock()


def application() -> App:
    """This process's one ``App``; made at the first call, after ``setup``."""
    global _app
    with _lock:
        if _app is None:
            _app = build(setup())
        return _app


def build(settings: Settings, *, models: Models | None = None, stream: EventStream | None = None) -> App:
    """An ``App`` from settings; tests give their own models or stream."""
    from designchord.designs.connections import release_connection
    from designchord.events.memory import MemoryStream
    from designchord.llm.configured import ConfiguredModels
    from designchord.pipeline.steps import Steps
    from designchord.pipeline.verbs import Verbs
    from designchord.runtime.admission import Admission
    from designchord.runtime.beside import Beside
    from designchord.runtime.holders import holder_name
    from designchord.runtime.leases import LeaseKeeper
    from designchord.runtime.ports import Ports
    from designchord.runtime.sweeper import Sweeper

    limits = settings.limits
    models = models or ConfiguredModels(
        environ=settings.environ,
        fallbacks=settings.fallback_models,
        priced_only=limits.dollars_are_capped,
        home=_home_for_keys(settings),
    )
    stream = stream or _stream(settings)
    engines: list[Engine] = []
    ports = Ports(
        engine=lambda: engines[0],
        stream=stream,
        models=models,
        limits=limits,
        holder=holder_name(),
        admission=Admission(settings.at_work, on_vacate=release_connection),
        effort=settings.effort,
    )
    leases = LeaseKeeper(lease_seconds=limits.lease, renew_seconds=limits.heartbeat)
    steps = Steps(ports=ports, leases=leases, alone=settings.embedded)
    engines.append(_engine(settings, steps.handle))
    return App(
        settings=settings,
        models=models,
        stream=stream,
        engine=engines[0],
        leases=leases,
        steps=steps,
        sweeper=Sweeper(
            ports=ports, steps=steps, leases=leases, inherits=settings.embedded, alive_file=settings.alive_file
        ),
        verbs=Verbs(ports=ports, steps=steps),
        beside=Beside(stream) if isinstance(stream, MemoryStream) else None,
    )


def _home_for_keys(settings: Settings) -> Path | None:
    """Where a model that a person connected is kept: only where one process does all, so that all of it knows."""
    return settings.home if settings.embedded else None


def models_here(*, probe: bool = False) -> dict[str, Any]:
    """What ``designchord models`` shows; needs neither database nor Django."""
    from designchord.llm.configured import ConfiguredModels

    settings = Settings.from_environ()
    return ConfiguredModels(
        environ=settings.environ, fallbacks=settings.fallback_models, home=_home_for_keys(settings)
    ).overview(probe=probe)


def prepare_database() -> None:
    """Bring the embedded database to the present schema and make its owner; quick when there is nothing to do."""
    from django.core.management import call_command
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    from designchord.designs.services.designs import local_owner
    from designchord.designs.troubles import trouble

    home = setup().home
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(connection):
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", verbosity=0, interactive=False)
            local_owner()
    except Error as error:
        raise trouble(error) from None
    except OSError as error:
        raise SettingsError(complaint(error, home)) from None
    finally:
        connection.close()


@contextmanager
def _alone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One process at a time, where several start at once: what one has planned another must not have done meanwhile."""
    if connection.vendor != "postgresql":
        with alone(Path(f"{connection.settings_dict['NAME']}.lock")):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def _stream(settings: Settings) -> EventStream:
    if urlsplit(settings.events_url).scheme == "memory":
        from designchord.events.memory import MemoryStream

        return MemoryStream()
    from designchord.events.redis import RedisStream

    return RedisStream(url=settings.events_url, channel=settings.pubsub_channel)


def _engine(settings: Settings, handle: Callable[[int, int], None]) -> Engine:
    if settings.embedded:
        from designchord.engines.embedded import EmbeddedEngine

        return EmbeddedEngine(handle=handle, concurrency=room_for(settings.concurrency))
    from designchord.engines.rabbitmq import RabbitMQEngine

    return RabbitMQEngine(url=settings.engine_url)


def room_for(steps: int) -> int:
    """How many of so many steps a process can run. Each has a connection to its model, and so an open file: as many as
    the system lets this process have, beyond what it allows at first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < steps + OTHER_FILES:
        soft = steps + OTHER_FILES if hard == resource.RLIM_INFINITY else min(steps + OTHER_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return steps if soft == resource.RLIM_INFINITY else max(1, min(steps, soft - OTHER_FILES))
