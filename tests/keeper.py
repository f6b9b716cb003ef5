"""Runs one command and sees to it that nothing of it outlives its owner, however the owner ends.

    python tests/keeper.py [--end SIGNAL] [--grace SECONDS] [--remove FOLDER] -- COMMAND …

The owner holds the other end of standard input. A byte there, or its closing (which the death of the owner brings
about, ``kill -9`` included), ends the command and everything that it started, daemons too: they become children of
this process when their parents die. On closing alone the folder is removed as well. Standard output says first
``pid N``, and ``exit N`` when the command ended by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    arguments = _arguments()
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: os.close(0))
    child = subprocess.Popen(
        arguments.command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        start_new_session=True,
        preexec_fn=lambda: _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
    )
    _say(f"pid {child.pid}")
    orphaned = _watch(child)
    _end(child, signal.Signals[f"SIG{arguments.end}"], arguments.grace)
    if orphaned and arguments.remove:
        shutil.rmtree(arguments.remove, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--end", default="KILL", help="the signal that asks the command to end")
    parser.add_argument("--grace", type=float, default=5.0, help="seconds that it then has")
    parser.add_argument("--remove", type=Path)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    arguments.command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    return arguments


def _say(line: str) -> None:
    with contextlib.suppress(OSError):
        os.write(1, f"{line}\n".encode())


def _watch(child: subprocess.Popen[bytes]) -> bool:
    """Wait until the owner wants an end; true when the owner is gone."""
    said = False
    while True:
        try:
            if select.select([0], [], [], 0.05)[0]:
                return os.read(0, 1) == b""
        except (OSError, ValueError):
            return True
        if child.poll() is not None and not said:
            said = True
            _say(f"exit {child.returncode}")
        _reap(child)


def _reap(child: subprocess.Popen[bytes]) -> None:
    """Bury adopted children; the command itself is left to ``child``."""
    for pid in _children(os.getpid()):
        if pid != child.pid:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _end(child: subprocess.Popen[bytes], mildly: signal.Signals, grace: float) -> None:
    if child.poll() is None and mildly is not signal.SIGKILL:
        child.send_signal(mildly)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(grace)
    until = time.monotonic() + 10
    while (left := descendants(os.getpid())) and time.monotonic() < until:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.02)


def descendants(pid: int) -> list[int]:
    """All processes below one, nearest first."""
    found = _children(pid)
    for child in found:
        found.extend(_children(child))
    return found


def _children(pid: int) -> list[int]:
    """Children of any thread of a process."""
    pids: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            pids += [int(word) for word in file.read_text().split()]
    return pids


if __name__ == "__main__":
    main()
