"""The home folder: its secrets are there as a whole or not at all, and one process at a time does what only one may.

Knows nothing of what is kept. Raises ``OSError`` as it comes; ``complaint`` makes a sentence of it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Wait until no other process is inside for this file. The system lets the next one in when a process dies."""
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def kept_secret(file: Path, make: Callable[[], str]) -> str:
    """What a file holds; where there is none, or an empty one, it is made and kept. All processes get the same.

    An empty file is what a start on a full disk could leave: nobody has ever used what it holds.
    """
    if found := _read(file):
        return found
    with alone(file.with_name(f".{file.name}.lock")):
        if not (found := _read(file)):
            found = make()
            write_secret(file, found)
    return found


def write_secret(file: Path, text: str) -> None:
    """Put a text in a file's place: readable by its owner alone from the first byte on, and never there in part."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        Path(beside).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # its new name, too, outlives a power failure
    finally:
        os.close(folder)


def complaint(error: OSError, place: Path) -> str:
    """Why a place cannot be written, as a sentence for whoever owns it."""
    if error.errno in _NO_SPACE:
        return f"There is no space left for {place}: make some, and start again."
    return f"{place} cannot be written: check whose it is and its permissions, or name another folder."


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
