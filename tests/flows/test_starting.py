"""Starts on bad days: many at once, on a full disk, beside another program on the port, with a damaged file."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.flows.people import Person, operate, serving_people

pytestmark = pytest.mark.slow

_BEHIND = """
from designchord import wiring
wiring.setup()
from django.core.management import call_command
call_command("migrate", "sessions", "zero", verbosity=0)
"""


def environ(home: Path, **more: str) -> dict[str, str]:
    return {"DESIGNCHORD_HOME": str(home), "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **more}


def started(home: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "designchord", *arguments]
    return subprocess.Popen(
        command, env=environ(home, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def at_once(home: Path, times: int, **more: str) -> list[tuple[int, str]]:
    """Exit codes and complaints of as many processes."""
    processes = [started(home, "list", **more) for _ in range(times)]
    told = [process.communicate(timeout=100)[1] for process in processes]
    return [(process.returncode, said) for process, said in zip(processes, told, strict=True)]


def test_many_may_start_at_once_on_a_fresh_home_and_on_one_of_an_earlier_release(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert at_once(home, 5) == [(0, "")] * 5
    subprocess.run([sys.executable, "-c", _BEHIND], env=environ(home), check=True)
    assert at_once(home, 5) == [(0, "")] * 5


def test_two_homes_may_share_a_database_and_start_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite3'}"
    processes = [started(tmp_path / name, "list", DESIGNCHORD_DATABASE_URL=url) for name in ("one", "two", "three")]
    told = [process.communicate(timeout=100)[1] for process in processes]
    assert [(process.returncode, said) for process, said in zip(processes, told, strict=True)] == [(0, "")] * 3


def test_what_a_full_disk_left_of_a_key_is_made_anew_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    key = home / "secret_key"
    key.touch(mode=0o644)
    with serving_people(home, "anna") as address, Person(address) as anna:
        assert anna.sign_in("anna").status_code == 302
    assert len(key.read_text()) >= 50
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert operate(home, "user", "reset", "anna", DESIGNCHORD_ACCOUNTS="on").startswith("/reset/")


def test_a_key_that_is_there_in_part_is_told_and_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("half-a-key")
    said = operate(tmp_path, "list", code=2)
    assert f"{tmp_path}/secret_key" in said
    assert "half-a-key" not in said


def test_processes_that_start_at_once_sign_with_one_key(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    show = "from designchord import djangoconf; print(djangoconf.SECRET_KEY)"
    command = [sys.executable, "-c", show]
    processes = [subprocess.Popen(command, env=environ(tmp_path), stdout=subprocess.PIPE, text=True) for _ in range(6)]
    keys = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert keys == {(tmp_path / "secret_key").read_text()}


@pytest.mark.parametrize("what", ["damaged", "a folder"])
def test_a_database_that_cannot_be_used_is_called_by_its_name(tmp_path: Path, what: str) -> None:
    file = tmp_path / "designchord.sqlite3"
    if what == "damaged":
        file.write_bytes(b"no database at all, " * 500)
    else:
        file.mkdir()
    said = operate(tmp_path, "list", code=1)
    assert str(file) in said
    assert "DESIGNCHORD_DATABASE_URL" not in said


@contextmanager
def taken(port: int) -> Iterator[None]:
    """Somebody listens on a port; whether that is us or another program is all the same."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", port))
            other.listen()
        except OSError:
            pass  # another program really is there
        yield


def test_beside_another_program_on_the_usual_port_it_takes_the_next_and_says_so(tmp_path: Path) -> None:
    with taken(8000), started(tmp_path, "serve", "--no-browser") as server:
        assert server.stdout is not None
        assert server.stderr is not None
        said = server.stdout.readline()
        server.terminate()
        complaint = server.stderr.read()
    assert said.startswith("designchord is at http://127.0.0.1:")
    port = int(said.strip().rpartition(":")[2])
    assert port != 8000
    assert f"Port 8000 is taken by another program; this is port {port}." in complaint


def test_a_port_that_was_asked_for_is_not_exchanged(tmp_path: Path) -> None:
    with taken(8000):
        said = operate(tmp_path, "serve", "--no-browser", "--port", "8000", code=2)
    assert "Port 8000 is taken" in said
    assert "--port 0" in said


def test_a_host_that_is_not_of_this_machine_is_not_called_a_taken_port(tmp_path: Path) -> None:
    said = operate(
        tmp_path, "serve", "--no-browser", "--port", "0", "--host", "203.0.113.9", code=2,
        DESIGNCHORD_ACCOUNTS="on", DESIGNCHORD_ALLOWED_HOSTS="designs.example",
    )  # fmt: skip
    assert "203.0.113.9" in said
    assert "taken" not in said


def test_a_system_that_is_not_meant_is_refused_with_a_sentence() -> None:
    command = "import os; os.name = 'nt'; import designchord"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "designchord runs on Linux and macOS. On Windows, run it in WSL.\n")
