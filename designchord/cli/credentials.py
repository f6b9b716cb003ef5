"""API tokens for servers, as this machine keeps them: one a server, in a file that only its owner can read."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from designchord.errors import BadInput
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
    return _write({**_kept(), address: token})


def forget_token(address: str) -> bool:
    """Whether there was one."""
    kept = _kept()
    if kept.pop(address, None) is None:
        return False
    _write(kept)
    return True


def _file() -> Path:
    return Settings.from_environ().home / "tokens.json"


def _kept() -> dict[str, str]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(token) for name, token in found.items()} if isinstance(found, dict) else {}


def _write(tokens: dict[str, str]) -> Path:
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
    return file
