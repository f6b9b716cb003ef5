"""``designchord doctor``: what is unsafe or odd in the settings, and how to mend it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import click

from designchord.addresses import Database, database_of, is_loopback
from designchord.errors import SettingsError
from designchord.settings import SECRET_KEY_CHARS, Settings, nobody_reads

#: Bytes below which a disk is called nearly full.
LITTLE_SPACE = 100_000_000

_ENCRYPTED = {("sslmode", mode) for mode in ("require", "verify-ca", "verify-full")}

_SQLITE_HEAD = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Weakness:
    """``unsafe``: others could read, change or spend what is not theirs. Otherwise it only looks like a mistake."""

    unsafe: bool
    what: str
    mend: str


@click.command(short_help="Say what is unsafe in the settings.")
def doctor() -> int:
    """Look at the settings and the home folder: what is unsafe or odd, and how to mend it. Exit 1 if unsafe."""
    settings = Settings.from_environ()
    found = list(examine(settings))
    for finding in found:
        click.echo(f"{'unsafe' if finding.unsafe else 'odd'}: {finding.what}\n        {finding.mend}")
    if not found:
        click.echo("Nothing is wrong.")
    return 1 if any(finding.unsafe for finding in found) else 0


def examine(settings: Settings) -> Iterator[Weakness]:
    """What is to be said about settings; looks at the home folder, changes nothing, connects to nothing."""
    yield from _accounts(settings)
    if settings.accounts:
        yield from _web(settings)
        yield from _caps(settings)
    yield from _names(settings)
    yield from _models(settings)
    yield from _secrets(settings)
    yield from _servers(settings)
    yield from _files(settings)


def _accounts(settings: Settings) -> Iterator[Weakness]:
    if settings.accounts:
        return
    hosts = [host for host in settings.allowed_hosts if not is_loopback(host)]
    if hosts:
        yield Weakness(
            True,
            f"Without accounts, everybody who reaches this server as {', '.join(hosts)} is the same owner.",
            "Set DESIGNCHORD_ACCOUNTS=on, or leave DESIGNCHORD_ALLOWED_HOSTS empty.",
        )
    if not settings.embedded:
        yield Weakness(
            False,
            "Workers elsewhere serve one owner who never signs in.",
            "Set DESIGNCHORD_ACCOUNTS=on when other people are to use this.",
        )


def _web(settings: Settings) -> Iterator[Weakness]:
    if "*" in settings.allowed_hosts:
        yield Weakness(
            True,
            "DESIGNCHORD_ALLOWED_HOSTS=* answers under any name, so links that are sent out can be forged.",
            "Name the hosts under which people reach this server.",
        )
    if settings.https == "off" and any(not is_loopback(host) for host in settings.allowed_hosts):
        yield Weakness(
            True,
            "Passwords, sessions and tokens travel without encryption.",
            "Put a proxy that speaks TLS before this server, let it set X-Forwarded-Proto and X-Forwarded-For, and set "
            "DESIGNCHORD_HTTPS=proxy.",
        )
    if settings.https == "proxy" and not settings.allowed_hosts:
        yield Weakness(
            False,
            "A proxy is announced, but only loopback names are answered.",
            "Set DESIGNCHORD_ALLOWED_HOSTS to the name that people type.",
        )
    if settings.registration == "open":
        yield Weakness(
            True,
            "Anybody can make an account and spend your model budget.",
            "Set DESIGNCHORD_REGISTRATION=invitation and hand out links from `designchord invite`.",
        )


def _caps(settings: Settings) -> Iterator[Weakness]:
    paid = any(name.endswith(("_API_KEY", "_API_KEY_FILE")) and value for name, value in settings.environ.items())
    if paid and settings.limits.usd_per_day is None and settings.limits.tokens_per_day is None:
        yield Weakness(
            True,
            "An account may spend any amount in a day.",
            "Set DESIGNCHORD_USD_PER_DAY or DESIGNCHORD_TOKENS_PER_DAY, and DESIGNCHORD_USD_PER_DESIGN.",
        )


def _names(settings: Settings) -> Iterator[Weakness]:
    for name in nobody_reads(settings.environ):
        yield Weakness(
            False,
            f"{name} is no setting, so it changes nothing.",
            "Look it up in docs/security.md and docs/operations.md, or leave it out.",
        )


def _models(settings: Settings) -> Iterator[Weakness]:
    from designchord.llm.configured import ConfiguredModels

    try:
        models = ConfiguredModels(environ=settings.environ, fallbacks=settings.fallback_models)
    except SettingsError as error:
        yield Weakness(False, error.message, "No model can be asked before that is mended.")
        return
    if settings.limits.dollars_are_capped:
        for name in models.unpriced():
            yield Weakness(
                False,
                f"Dollars are capped and nobody here knows the price of {name}, so it is not asked.",
                "Put its price into a file and name that by DESIGNCHORD_PRICES, or choose another model.",
            )
    paid = any(name.endswith(("_API_KEY", "_API_KEY_FILE")) and value for name, value in settings.environ.items())
    if settings.accounts and paid and not settings.environ.get("DESIGNCHORD_MODELS", "").strip():
        yield Weakness(
            False,
            "An account may choose any model of a provider that has a key here, the dearest among them.",
            "List those that may be chosen: DESIGNCHORD_MODELS=openai:gpt-6-luna,deepseek.",
        )


def _secrets(settings: Settings) -> Iterator[Weakness]:
    if settings.secret_key is None and settings.accounts and not settings.embedded:
        yield Weakness(
            False,
            "The secret key is a file in this machine's home folder: another web machine would make its own, and "
            "sessions would end at each change between them.",
            "Give all machines the same DESIGNCHORD_SECRET_KEY_FILE.",
        )


def _servers(settings: Settings) -> Iterator[Weakness]:
    urls = {
        "DESIGNCHORD_DATABASE_URL": settings.database_url,
        "DESIGNCHORD_ENGINE_URL": settings.engine_url,
        "DESIGNCHORD_EVENTS_URL": settings.events_url,
    }
    for name, url in urls.items():
        parts = urlsplit(url)
        if not parts.hostname or is_loopback(parts.hostname):
            continue
        if not parts.password:
            yield Weakness(True, f"{name} names another machine and holds no password.", "Protect that server.")
        if parts.scheme.startswith("postgres") and not _ENCRYPTED & set(parse_qsl(parts.query)):
            yield Weakness(
                False,
                f"{name} goes to another machine, and whether it is encrypted is left to that.",
                "End it with ?sslmode=verify-full&sslrootcert=…, or use a network that nobody else is on.",
            )
        if parts.scheme in {"amqp", "redis"}:
            yield Weakness(
                False,
                f"{name} goes to another machine without encryption.",
                f"Use {parts.scheme}s://, or a network that nobody else is on.",
            )


def _files(settings: Settings) -> Iterator[Weakness]:
    try:
        mode = settings.home.stat().st_mode
        free = shutil.disk_usage(settings.home).free
    except OSError:
        return
    yield from _key(settings.home / "secret_key", used=settings.secret_key is None)
    yield from _sqlite(database_of(settings.database_url))
    if free < LITTLE_SPACE:
        yield Weakness(
            False,
            f"There are {free // 1_000_000} MB left for {settings.home}.",
            "Make space: on a full disk nothing can be accepted or made.",
        )
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Weakness(
            True,
            f"Other users of this machine can read {settings.home}: designs, and the key that signs sessions.",
            f"chmod 700 {settings.home}",
        )


def _key(file: Path, *, used: bool) -> Iterator[Weakness]:
    try:
        size = file.stat().st_size
    except OSError:
        return
    if used and 0 < size < SECRET_KEY_CHARS:
        yield Weakness(
            True,
            f"{file} holds no whole key: nothing that needs one will start.",
            "Put back the file from a backup, or delete it: then all sessions end.",
        )


def _sqlite(database: Database) -> Iterator[Weakness]:
    if database.scheme != "sqlite":
        return
    try:
        with Path(database.name).open("rb") as file:
            head = file.read(len(_SQLITE_HEAD))
    except FileNotFoundError:
        return
    except OSError:
        yield Weakness(False, f"{database.name} cannot be read.", "Look whose it is, and at its permissions.")
        return
    if head not in {_SQLITE_HEAD, b""}:
        yield Weakness(False, f"{database.name} is damaged, or no database of SQLite.", "Put a backup in its place.")
