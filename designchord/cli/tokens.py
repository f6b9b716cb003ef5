"""``designchord login`` and ``logout``, and where a token for a server is found. It never stands on a command line."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import click

from designchord.cli.session import chosen_server
from designchord.errors import BadInput
from designchord.settings import Settings

_TOKEN = re.compile(r"[\x21-\x7e]{1,500}")


def find_token(address: str) -> str | None:
    """The token for a server: from the environment, from a file that it names, or kept by ``login``."""
    if text := os.environ.get("DESIGNCHORD_TOKEN"):
        return _vetted(text)
    if name := os.environ.get("DESIGNCHORD_TOKEN_FILE"):
        try:
            return _vetted(Path(name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            raise BadInput("DESIGNCHORD_TOKEN_FILE names a file that cannot be read.", code="bad_token") from None
    return _kept().get(address)


@click.command(short_help="Keep an API token for a server.")
def login() -> int:
    """Keep an API token for the server that --server or DESIGNCHORD_SERVER names.

    The token is made on the server's page "Account". It is asked for, or read from standard input.
    """
    from designchord.cli.http import Server

    address = _address()
    text = click.prompt("Token", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    token = _vetted(text)
    Server(address, token=token).ask("GET", "/designs?limit=1")
    _keep({**_kept(), address: token})
    click.echo(f"The token for {address} is kept in {_file()}.")
    return 0


@click.command(short_help="Forget the token for a server.")
def logout() -> int:
    """Forget the token that `login` keeps; on the server it goes on until it is revoked there."""
    address = _address()
    kept = _kept()
    if kept.pop(address, None) is None:
        raise BadInput(f"No token is kept for {address}.", code="no_token")
    _keep(kept)
    click.echo(f"The token for {address} is forgotten here. Revoke it on the server's page as well.")
    return 0


def _address() -> str:
    address = chosen_server()
    if address is None:
        raise BadInput("Name the server: designchord --server https://designs.example.org login", code="no_server")
    return address


def _vetted(text: str) -> str:
    token = text.strip()
    if not _TOKEN.fullmatch(token):
        raise BadInput("That is no API token: it is empty or holds characters that no token has.", code="bad_token")
    return token


def _file() -> Path:
    return Settings.from_environ().home / "tokens.json"


def _kept() -> dict[str, str]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(token) for name, token in found.items()} if isinstance(found, dict) else {}


def _keep(tokens: dict[str, str]) -> None:
    """Readable by its owner alone from the first byte on."""
    file = _file()
    beside = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
            json.dump(tokens, handle)
        beside.replace(file)
    except OSError:
        raise BadInput(f"{file} cannot be written: check the space and the permissions.") from None
