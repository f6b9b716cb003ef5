"""Commands of designchord, each a process of its own: forked from one that has imported everything already.

To start Python and import Django costs more than most commands do, and there are hundreds of them here. How a process
starts from nothing is told elsewhere (``flows/test_starting.py``, everything that serves).

    python tests/commands.py SOCKET     what forks; it ends when its standard input does
"""

from __future__ import annotations

import atexit
import functools
import importlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def designchord(
    *arguments: str | Path, env: Mapping[str, str], cwd: Path | None = None, text: str = "", timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as ``subprocess.run`` would; ``text`` is its standard input."""
    words = [str(argument) for argument in arguments]
    with tempfile.TemporaryDirectory(prefix="designchord-command-") as folder, socket.socket(socket.AF_UNIX) as asking:
        files = [Path(folder) / name for name in ("in", "out", "err")]
        files[0].write_text(text, encoding="utf-8")
        asking.settimeout(timeout)
        asking.connect(str(_forker()[0]))
        wish = {"arguments": words, "env": dict(env), "cwd": str(cwd or Path.cwd()), "files": [*map(str, files)]}
        asking.sendall(json.dumps(wish).encode() + b"\n")
        try:
            with asking.makefile() as told:
                code = int(told.readline())
        except TimeoutError:
            raise subprocess.TimeoutExpired(words, timeout) from None
        return subprocess.CompletedProcess(words, code, *(file.read_text(encoding="utf-8") for file in files[1:]))


@functools.cache
def _forker() -> tuple[Path, subprocess.Popen[bytes]]:
    """The process that forks for this one, started with the first command, and where it listens."""
    folder = Path(tempfile.mkdtemp(prefix="designchord-commands-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    place = folder / "socket"
    process = subprocess.Popen(
        [sys.executable, __file__, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    atexit.register(process.communicate)  # which closes its standard input
    assert process.stdout.readline() == b"ready\n"
    return place, process


#: What most commands import and what asks for no settings, which each command has its own of.
BEFOREHAND = (
    "designchord.cli",
    "designchord.consistency.report",
    "designchord.drafter",
    "designchord.kinds.registry",
    "designchord.llm.configured",
    "django.core.management",
    "django.db.migrations.executor",
    "django.db.models",
    "django.http",
    "django.template",
    "django.urls",
)


def _serve(place: str) -> None:
    """Fork once to wait for a command's end, and again to run it; returns where the command is to be run."""
    for name in BEFOREHAND:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen(64)
        os.write(1, b"ready\n")
        while True:
            if sys.stdin in select.select([listening, sys.stdin], [], [])[0]:
                os._exit(0)
            asked, _ = listening.accept()
            if not os.fork():
                break
            asked.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with asked.makefile() as told:
        wish = json.loads(told.readline())
    command = os.fork()
    if command:
        _, status = os.waitpid(command, 0)
        asked.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    asked.close()
    _become(**wish)


def _become(arguments: list[str], env: dict[str, str], cwd: str, files: list[str]) -> None:
    """Take on what a new process would have been given."""
    for number, file in enumerate(files):
        given = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(given, number)
        os.close(given)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["designchord", *arguments]


if __name__ == "__main__":
    _serve(sys.argv[1])
    importlib.import_module("designchord.cli").main()
