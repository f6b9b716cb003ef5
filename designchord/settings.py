"""Every knob once, typed, read from the environment. Embedded and SQLite by default.

Durations are in seconds, sizes in bytes or characters as named. ``Settings.from_environ`` refuses impossible
combinations with a sentence that says what to change.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from designchord.addresses import server_url
from designchord.errors import SettingsError

N = TypeVar("N", int, float)

#: Variables of ours that are read elsewhere.
READ_ELSEWHERE = frozenset(
    f"DESIGNCHORD_{name}"
    for name in (
        "SERVER",
        "TOKEN",
        "TOKEN_FILE",
        "REVISION",
        "PRICES",
        "MODELS",
        "THINKING",
        "BASE_URL",
        "API_KEY",
        "API_KEY_FILE",
        "DATABASE",
    )
)

#: Characters of a key that nobody guesses, whatever it is made of; what we make ourselves has 67.
SECRET_KEY_CHARS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What bounds the work. One design never waits longer than ``design_deadline`` plus a minute."""

    title_chars: int = 200
    content_chars: int = 100_000
    requirements_chars: int = 100_000
    source_chars: int = 1_000_000
    design_deadline: float = 3600.0
    call_deadline: float = 600.0  # by then a question has an answer that is being written
    idle_deadline: float = 45.0
    lease: float = 60.0
    heartbeat: float = 15.0
    sweep_every: float = 5.0
    redeliver_after: float = 30.0  # what was enqueued and not taken up for so long is enqueued again
    drain: float = 25.0  # what running steps get to finish when a worker is asked to leave
    reasks: int = 2
    step_attempts: int = 5
    calls_per_design: int = 120
    usd_per_design: float | None = None
    usd_per_day: float | None = None
    tokens_per_day: int | None = None
    # Of one owner; None is no limit. Without accounts there is one owner, who needs none.
    designs_in_flight: int | None = None
    starts_per_minute: int | None = None  # of designs and of further runs, and of one address twice as many
    edits_per_minute: int | None = None  # of artifacts, restored and settled ones included
    storage_bytes: int | None = None  # of ideas and edits that are kept
    streams: int | None = None  # event streams open at once, in each web process
    sign_ins_per_minute: int = 10  # attempts, for each name and for each address
    # Of a sandbox in which an API is tried.
    try_requests: int = 200  # that changed something and are told again with the next
    try_chars: int = 20_000  # of one body, and ten times that of all
    try_seconds: float = 2.0  # of the processor's time for one request

    @property
    def dollars_are_capped(self) -> bool:
        return self.usd_per_design is not None or self.usd_per_day is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator chose. ``environ`` is kept for the providers' own variables (keys, base URLs)."""

    home: Path
    database_url: str = field(repr=False)  # these three may hold passwords
    engine_url: str = field(default="embedded://", repr=False)
    events_url: str = field(default="memory://", repr=False)
    pubsub_channel: str | None = None
    model: str = ""
    fallback_models: tuple[str, ...] = ()
    effort: str = "standard"  # how much of a design a model writes, where nobody chose
    concurrency: int = 4096  # steps under way, nearly all of them waiting for a model
    at_work: int = 2  # of these, so many do something
    secret_key: str | None = field(default=None, repr=False)
    allowed_hosts: tuple[str, ...] = ()
    accounts: bool = False
    registration: str = "off"  # or "invitation", or "open"
    https: str = "off"  # or "proxy": a trusted proxy speaks TLS and says so in X-Forwarded-Proto and -For
    log_level: str = "WARNING"
    alive_file: Path | None = None  # renewed by a process that runs steps, for those who watch it and cannot ask it
    limits: Limits = field(default_factory=Limits)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def embedded(self) -> bool:
        return urlsplit(self.engine_url).scheme == "embedded"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        env = environ if isinstance(environ, _Noting) else dict(os.environ if environ is None else environ)
        home = Path(env.get("DESIGNCHORD_HOME") or _default_home(env)).expanduser()
        database_url = _server(env, "DESIGNCHORD_DATABASE_URL", f"sqlite:///{home / 'designchord.sqlite3'}")
        engine_url = _server(env, "DESIGNCHORD_ENGINE_URL", "embedded://")
        accounts = _choice(env, "ACCOUNTS", ("off", "on"), "off" if engine_url.startswith("embedded") else "on") == "on"
        settings = cls(
            home=home,
            database_url=database_url,
            engine_url=engine_url,
            events_url=_server(env, "DESIGNCHORD_EVENTS_URL", "memory://"),
            pubsub_channel=env.get("DESIGNCHORD_PUBSUB_CHANNEL") or None,
            model=env.get("DESIGNCHORD_MODEL", "").strip(),
            effort=_choice(env, "EFFORT", ("quick", "standard", "thorough"), "standard"),
            fallback_models=_names(env.get("DESIGNCHORD_FALLBACK_MODELS", "")),
            concurrency=_number(env, "DESIGNCHORD_CONCURRENCY", int, 4096, low=1, high=8192),
            # One interpreter runs one of them at a time. Those that wait for a server's commit leave it to the others.
            at_work=_number(
                env, "DESIGNCHORD_AT_WORK", int, 2 if database_url.startswith("sqlite") else 8, low=1, high=64
            ),
            secret_key=_secret(env, "DESIGNCHORD_SECRET_KEY"),
            allowed_hosts=_names(env.get("DESIGNCHORD_ALLOWED_HOSTS", "")),
            accounts=accounts,
            registration=_choice(env, "REGISTRATION", ("off", "invitation", "open"), "off"),
            https=_choice(env, "HTTPS", ("off", "proxy"), "off"),
            log_level=env.get("DESIGNCHORD_LOG_LEVEL", "WARNING").upper(),
            alive_file=Path(alive).expanduser() if (alive := env.get("DESIGNCHORD_ALIVE_FILE")) else None,
            limits=_limits(env, accounts=accounts),
            environ=env,
        )
        _refuse_impossible(settings)
        return settings


class _Noting(dict[str, str]):
    """An environment that notes which of its variables it was asked for."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(environ)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


def nobody_reads(environ: Mapping[str, str]) -> list[str]:
    """Variables that are named like ours and mean nothing: misspelt, or of another release."""
    noting = _Noting(environ)
    Settings.from_environ(noting)
    ours = {name for name in environ if name.startswith("DESIGNCHORD_")}
    return sorted(ours - noting.asked - READ_ELSEWHERE)


def _default_home(env: Mapping[str, str]) -> Path:
    base = env.get("XDG_DATA_HOME")
    return Path(base) / "designchord" if base else Path("~/.local/share/designchord")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    value = env.get(f"DESIGNCHORD_{name}", "").strip().lower() or default
    if value not in choices:
        raise SettingsError(f"DESIGNCHORD_{name} must be one of: {', '.join(choices)}.")
    return value


def _number(env: Mapping[str, str], name: str, kind: Callable[[str], N], default: N, *, low: N, high: N) -> N:
    raw = env.get(name, "").strip()
    if not raw:
        return default
    try:
        value = kind(raw)
    except ValueError:
        raise SettingsError(f"{name} must be a number.") from None
    if not low <= value <= high:
        raise SettingsError(f"{name} must be between {low} and {high}.")
    return value


def _secret(env: Mapping[str, str], name: str) -> str | None:
    """A secret from its variable or, as ``NAME_FILE``, from a file. A file that is named has to hold something."""
    if file := env.get(f"{name}_FILE"):
        try:
            secret = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{name}_FILE names a file that cannot be read.") from None
        if not secret:
            raise SettingsError(f"{name}_FILE names a file with nothing in it.")
        return secret
    return env.get(name) or None


def _server(env: Mapping[str, str], variable: str, default: str) -> str:
    """The URL of a server, with its password in it, wherever the operator wrote that."""
    password = _secret(env, variable.removesuffix("_URL") + "_PASSWORD")
    return server_url(variable, env.get(variable, "").strip() or default, password=password)


def _limits(env: Mapping[str, str], *, accounts: bool = False) -> Limits:
    def seconds(name: str, default: float) -> float:
        return _number(env, f"DESIGNCHORD_{name}", float, default, low=0.1, high=86_400.0)

    def dollars(name: str) -> float | None:
        raw = env.get(f"DESIGNCHORD_{name}")
        return _number(env, f"DESIGNCHORD_{name}", float, 0.0, low=0.0, high=1e6) if raw else None

    def tokens(name: str) -> int | None:
        raw = env.get(f"DESIGNCHORD_{name}")
        return _number(env, f"DESIGNCHORD_{name}", int, 0, low=1, high=10**12) if raw else None

    def quota(name: str, default: int) -> int | None:
        raw = env.get(f"DESIGNCHORD_{name}")
        return _number(env, f"DESIGNCHORD_{name}", int, 0, low=1, high=1_000_000) if raw else default * accounts or None

    base = Limits()
    return Limits(
        design_deadline=seconds("DESIGN_DEADLINE", base.design_deadline),
        call_deadline=seconds("CALL_DEADLINE", base.call_deadline),
        idle_deadline=seconds("IDLE_DEADLINE", base.idle_deadline),
        lease=seconds("LEASE", base.lease),
        heartbeat=seconds("HEARTBEAT", base.heartbeat),
        sweep_every=seconds("SWEEP_EVERY", base.sweep_every),
        redeliver_after=seconds("REDELIVER_AFTER", seconds("UNSPOKEN", base.redeliver_after)),
        drain=seconds("DRAIN", base.drain),
        step_attempts=_number(env, "DESIGNCHORD_STEP_ATTEMPTS", int, base.step_attempts, low=1, high=1000),
        calls_per_design=_number(env, "DESIGNCHORD_CALLS_PER_DESIGN", int, base.calls_per_design, low=1, high=100_000),
        usd_per_design=dollars("USD_PER_DESIGN"),
        usd_per_day=dollars("USD_PER_DAY"),
        tokens_per_day=tokens("TOKENS_PER_DAY"),
        designs_in_flight=quota("DESIGNS_IN_FLIGHT", 20),
        starts_per_minute=quota("STARTS_PER_MINUTE", 30),
        edits_per_minute=quota("EDITS_PER_MINUTE", 60),
        storage_bytes=(quota("STORAGE_MB", 200) or 0) * 1_000_000 or None,
        streams=quota("STREAMS", 50),
        sign_ins_per_minute=_number(
            env, "DESIGNCHORD_SIGN_INS_PER_MINUTE", int, base.sign_ins_per_minute, low=1, high=1_000_000
        ),
        try_requests=_number(env, "DESIGNCHORD_TRY_REQUESTS", int, base.try_requests, low=1, high=2000),
        try_chars=_number(env, "DESIGNCHORD_TRY_CHARS", int, base.try_chars, low=100, high=80_000),
        try_seconds=seconds("TRY_SECONDS", base.try_seconds),
    )


def _refuse_impossible(settings: Settings) -> None:
    database = urlsplit(settings.database_url).scheme
    engine = urlsplit(settings.engine_url).scheme
    events = urlsplit(settings.events_url).scheme
    named = settings.database_url.removeprefix("sqlite:///")
    if database not in {"sqlite", "postgres", "postgresql"} or not named or named.startswith("sqlite:"):
        raise SettingsError("DESIGNCHORD_DATABASE_URL must begin with sqlite:/// or postgres://.")
    if engine not in {"embedded", "amqp", "amqps"}:
        raise SettingsError("DESIGNCHORD_ENGINE_URL must be embedded:// or begin with amqp://.")
    if events not in {"memory", "redis", "rediss"}:
        raise SettingsError("DESIGNCHORD_EVENTS_URL must be memory:// or begin with redis://.")
    if engine != "embedded" and database == "sqlite":
        raise SettingsError(
            "Workers on RabbitMQ need a database that several machines can write to: "
            "set DESIGNCHORD_DATABASE_URL to a postgres:// address, or DESIGNCHORD_ENGINE_URL to embedded://."
        )
    if engine != "embedded" and events == "memory":
        raise SettingsError(
            "Workers in other processes cannot reach memory:// events: set DESIGNCHORD_EVENTS_URL to redis://…."
        )
    if settings.pubsub_channel and events == "memory":
        raise SettingsError("DESIGNCHORD_PUBSUB_CHANNEL needs Redis: set DESIGNCHORD_EVENTS_URL to redis://….")
    if "*" in settings.allowed_hosts and not settings.accounts:
        raise SettingsError(
            "DESIGNCHORD_ALLOWED_HOSTS=* would let any page in a browser read your designs: name the hosts, or set "
            "DESIGNCHORD_ACCOUNTS=on."
        )
    if settings.registration != "off" and not settings.accounts:
        raise SettingsError("DESIGNCHORD_REGISTRATION needs accounts: set DESIGNCHORD_ACCOUNTS=on.")
    if settings.secret_key is not None and len(settings.secret_key) < SECRET_KEY_CHARS:
        raise SettingsError(
            f"DESIGNCHORD_SECRET_KEY has fewer than {SECRET_KEY_CHARS} characters, and whoever guesses it can sign in "
            "as anybody: use 50 random ones, better still from a file (DESIGNCHORD_SECRET_KEY_FILE), or leave it out."
        )
    if settings.limits.heartbeat * 2 > settings.limits.lease:
        raise SettingsError("DESIGNCHORD_LEASE must be at least twice DESIGNCHORD_HEARTBEAT.")
