"""Where results go: a folder that is never overwritten by accident, a file, or standard output."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from designchord.errors import BadInput


def claim_folder(path: Path, *, force: bool) -> None:
    """Make sure that nothing in the folder would be lost."""
    if path.exists() and not path.is_dir():
        raise BadInput(f"{path} is a file: name a folder with --out.", code="output_not_a_folder")
    try:
        occupied = path.is_dir() and any(path.iterdir())
    except OSError:
        raise BadInput(f"The folder {path} cannot be read: choose another with --out.") from None
    above = next(parent for parent in (path, *path.absolute().parents) if parent.is_dir())
    if not os.access(above, os.W_OK):
        raise BadInput(f"The folder {above} cannot be written: choose another with --out.")
    if occupied and not force:
        raise BadInput(
            f"The folder {path} is not empty: choose another with --out, or write into it with --force.",
            code="output_not_empty",
        )


def write_folder(path: Path, files: Mapping[str, str]) -> None:
    """Write the files; others that lie in the folder stay."""
    for name, text in files.items():
        write_file(path / name, text.encode())


def write_file(path: Path, data: bytes) -> None:
    """Write to a file beside it first, so that a full disk never leaves half a file under the right name."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise BadInput(f"{path} cannot be written: check the space and the permissions.") from None


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
