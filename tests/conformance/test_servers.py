"""The servers of this suite leave nothing behind, also when the suite is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT, Kept, wait_until

pytestmark = pytest.mark.servers

OWNER = """
import sys, time
from pathlib import Path
from tests.servers import Redis
with Redis() as server:
    print(server.process.pid, server.folder, flush=True)
    time.sleep(60)
"""

DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open(sys.argv[1], "w").write(str(os.getpid()))
        time.sleep(60)
    os._exit(0)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_and_its_folder_are_gone_after_their_owner_was_ended(number: signal.Signals) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert owner.stdout is not None
    with owner.stdout:
        pid, folder = owner.stdout.readline().split()
    assert alive(int(pid))

    owner.send_signal(number)
    owner.wait(20)

    wait_until(lambda: not alive(int(pid)), 20, "the end of the server")
    wait_until(lambda: not Path(folder).exists(), 20, "the end of its folder")


def test_daemons_that_a_process_leaves_behind_end_with_it(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    process = Kept([sys.executable, "-c", DAEMON, str(file)], log=tmp_path / "log")
    wait_until(lambda: file.exists() and file.read_text(), 20, "the daemon")
    daemon = int(file.read_text())
    assert alive(daemon)

    process.end()

    assert not alive(daemon)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
