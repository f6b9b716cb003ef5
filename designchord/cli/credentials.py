"""API tokens for servers, as this machine keeps them: one a server, in a file that only its owner can read."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from designchord.errors import BadInput
from designchord.home import alone, complaint, write_secret
from designchord.settings import Settings

_TOKEN = re.compile(r"[\x21-\x7e]{1,500}")


def find_token(address: str) -> str | None:
    """The token for a server: from the environment, from a file that it names, or kept by ``login``."""
    if text := os.environ.get("DESIGNCHORD_TOKEN"):
        return vet_token(text)
    if name := os.environ.get("DESIGNCHORD_TOKEN_FILE"):
        try:
            return vet_token(Path(name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            raise BadInput("DESIGNCHORD_TOKEN_FILE names a file that cannot be read.", code="bad_token") from None
    return _kept().get(address)


def vet_token(text: str) -> str:
    token = text.strip()
    if not _TOKEN.fullmatch(token):
        raise BadInput("That is no API token: it is empty or holds characters that no token has.", code="bad_token")
    return token


def keep_token(address: str, token: str) -> Path:
    """Keep a token for a server, in place of an earlier one; the file that it is in."""
    with _changing() as kept:
        kept[address] = token
    return _file()


def forget_token(address: str) -> bool:
    """Whether there was one."""
    with _changing() as kept:
        return kept.pop(address, None) is not None


def _file() -> Path:
    return Settings.from_environ().home / "tokens.json"


def _kept() -> dict[str, str]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(token) for name, token in found.items()} if isinstance(found, dict) else {}


@contextmanager
def _changing() -> Iterator[dict[str, str]]:
    """What is kept, to be changed by one process at a time and then written."""
    file = _file()
    try:
        with alone(file.with_name(f".{file.name}.lock")):
            kept = _kept()
            before = dict(kept)
            yield kept
            if kept != before:
                write_secret(file, json.dumps(kept))
    except OSError as error:
        raise BadInput(complaint(error, file)) from None
