"""Names of processes that hold leases, and whether such a process is dead.

A name says which start of which machine a process belongs to, which PID namespace, its number there, and when it began.
Only inside the same start and namespace can its number be asked for; a host's name or a number alone tells nothing,
because cloned machines and containers share both.
"""

from __future__ import annotations

import os
import uuid
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


@cache
def _surroundings() -> str | None:
    """The machine's start and the PID namespace; None where there is no ``/proc`` of this namespace."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        namespace = (_PROC / "self/ns/pid").stat().st_ino
        number = (_PROC / "self/stat").read_text().partition(" ")[0]
    except OSError:
        return None
    return f"{boot}/{namespace}" if number == str(os.getpid()) else None


def holder_name() -> str:
    """This process, as leases name it. Where it could not be judged by it, a name that nobody judges."""
    around, began = _surroundings(), _began(os.getpid())
    return f"{around}/{os.getpid()}/{began}" if around and began else f"unknown/{uuid.uuid4().hex}"


def holder_is_dead(holder: str) -> bool:
    """Whether a holder is a process of this namespace that is no more; False when that cannot be known."""
    around, _, process = holder.rpartition("/")
    around, _, number = around.rpartition("/")
    if not around or around != _surroundings() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # somebody else's: it may have the number of ours that is dead
    began = _began(int(number))
    return began is not None and began != process


def _began(pid: int) -> str | None:
    """When a process began, in ticks since the machine's start; ``ended`` for one that nobody has taken leave of yet,
    None where that cannot be read."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    state, *fields = text.rpartition(")")[2].split()  # the name before may hold anything
    return "ended" if state in {"Z", "X"} else fields[18]
