"""The same commands here and on a server: the same words, the same output, the same exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.kinds.registry import KINDS
from tests.commands import designchord
from tests.faults import FaultProxy
from tests.flows.people import operate, serving_people, signed_in
from tests.flows.serving import Client, serving

# Each command is a process of its own; one process of tests says all of them.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

IDEA = (
    "# Tool library\n\nMembers borrow tools. A keeper registers tools.\n\n## Requirements\n\n- Members borrow a tool.\n"
)

_CHANGING = (
    (r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID"),
    (r"\b(?:local|anna)\b", "OWNER"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z?", "TIME"),
    (r"/share/\S+", "/share/TOKEN"),
    (r"http://127\.0\.0\.1:\d+", ""),
    (r" *\d+\.\d s ", " "),
    (r'"latency": [\d.]+', '"latency": 0'),
)


@dataclass
class Told:
    """What commands said, in their order, without what differs between any two runs."""

    folder: Path
    environ: dict[str, str]
    said: list[tuple[str, int, str, str]] = field(default_factory=list)
    design: str = ""

    def run(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return designchord(*arguments, text=text, env={"PATH": os.environ["PATH"], **self.environ}, cwd=self.folder)

    def say(self, *arguments: str, text: str = "") -> str:
        done = self.run(*(argument.replace("ID", self.design) for argument in arguments), text=text)
        # Which steps are seen running depends on the moment of looking.
        progress = {line for line in self._plain(done.stderr).splitlines() if "running" not in line}
        told = "\n".join(sorted(progress))
        self.said.append((" ".join(arguments), done.returncode, self._plain(done.stdout), told))
        return done.stdout

    def _plain(self, said: str) -> str:
        for pattern, word in _CHANGING:
            said = re.sub(pattern, word, said)
        return said


def tell(place: Told) -> Told:
    """A design's whole life, by commands."""
    say = place.say
    (place.folder / "idea.md").write_text(IDEA, encoding="utf-8")
    say("generate", "idea.md", "--out", "out")
    place.design = str(json.loads(place.run("list", "--json").stdout)[0]["id"])
    say("list", "--search", "Tool", "--state", "done")
    say("list", "--search", "nothing like it")
    say("list", "--state", "asleep")
    say("status")
    say("status", "ID")
    say("status", "ID", "--json")
    say("show", "ID")
    erd = say("show", "ID", "erd")
    say("edit", "ID", "erd", "--from", "-", text=erd.replace("erDiagram", "erDiagram\n    %% looked at", 1))
    say("edit", "ID", "erd", "--from", "-", "--base", "1", text="erDiagram\n    A {\n        uuid id PK\n    }\n")
    say("edit", "ID", "blueprint", "--from", "-", text="{}")
    say("show", "ID", "erd", "--json")
    say("explain", "--design", "ID")
    assumed = json.loads(say("assumptions", "ID", "--json"))["assumptions"]
    say("assumptions", "ID", "--confirm", assumed[0]["id"])
    say("assumptions", "ID", "--confirm", f"{assumed[1]['id']},A999")
    say("assumptions", "ID", "--strike", assumed[-1]["id"], "--refresh")
    say("change", "ID", "add a rating: integer to Tool", "--preview")
    say("change", "ID", "rename Member to Customer", "--yes")
    say("change", "ID", "remove Tool", text="n\n")
    say("change", "ID", "make it nicer", "--yes")
    say("change", "ID", "--history")
    say("undo", "ID")
    say("undo", "ID", "--change", "999")
    say("diff", "ID", "ID@1")
    say("diff", "ID", "out")
    say("regenerate", "ID", "document")
    say("regenerate", "ID", "document", "--feedback", "shorter")
    say("regenerate", "ID", "poem")
    say("refresh", "ID", "--with-edited", "--json")
    say("retry", "ID")
    say("export", "ID", "--format", "md", "--out", "design.md")
    say("export", "ID", "--out", "again")
    say("cancel", "ID")
    say("share", "ID")
    say("share", "ID", "--withdraw")
    say("delete", "ID", text="n\n")
    say("delete", "ID", "--yes")
    say("status", "ID")
    say("undelete", "ID")
    say("delete", "00000000-0000-4000-8000-000000000000", "--yes")
    say("status", "../../etc")
    say("generate", "--content", "Books.", "--kinds", "poem", "--out", "never")
    say("generate", "--continue", "ID", "--out", "out", "--force")
    return place


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Told, Told]]:
    here, there, home = (tmp_path_factory.mktemp(name) for name in ("here", "there", "home"))
    with serving_people(home, "anna") as address, signed_in(address, "anna") as anna:
        (there / "token").write_text(f"{anna.make_token()['text']}\n")
        remote = {"DESIGNCHORD_SERVER": address, "DESIGNCHORD_TOKEN_FILE": str(there / "token")}
        environ = {"DESIGNCHORD_HOME": str(there / "home"), **remote}
        with ThreadPoolExecutor() as both:
            told = both.map(tell, (Told(here, {"DESIGNCHORD_HOME": str(here / "home")}), Told(there, environ)))
            first, second = told
        yield first, second


def test_every_command_says_the_same_here_and_on_a_server(places: tuple[Told, Told]) -> None:
    here, there = places
    only_here = "Put it behind the address at which this machine's designchord is served."
    assert [(*said[:3], said[3].replace(only_here, "")) for said in here.said] == there.said


def test_commands_end_as_they_should(places: tuple[Told, Told]) -> None:
    codes = {asked: code for asked, code, _, _ in places[1].said}
    failed = {asked for asked, code in codes.items() if code}
    assert set(codes.values()) == {0, 1, 2, 130}
    assert {asked.split()[0] for asked in failed} == {
        "list", "edit", "assumptions", "change", "undo", "diff", "regenerate", "retry", "delete", "status", "generate"
    }  # fmt: skip
    assert codes["generate idea.md --out out"] == codes["undelete ID"] == codes["refresh ID --with-edited --json"] == 0
    assert codes["delete ID"] == 130


def test_the_files_are_the_same_but_for_times_and_ids(places: tuple[Told, Told]) -> None:
    here, there = places
    names = [{path.name for path in (place.folder / "again").iterdir()} for place in places]
    assert names[0] == names[1]
    for name in ("erd.mmd", "design.md", "openapi.json", "blueprint.json"):
        assert (here.folder / "again" / name).read_bytes() == (there.folder / "again" / name).read_bytes()


def test_nothing_is_stored_here_for_a_design_there(places: tuple[Told, Told]) -> None:
    assert not list((places[1].folder / "home").glob("*.sqlite3"))


def test_a_token_is_kept_for_its_server_alone_and_forgotten(tmp_path: Path) -> None:
    with serving_people(tmp_path / "served", "anna") as address, signed_in(address, "anna") as anna:
        token = anna.make_token()["text"]
        environ = {"DESIGNCHORD_SERVER": address}
        home = tmp_path / "home"
        assert "token" in operate(home, "list", code=2, **environ)
        assert "not valid" in operate(home, "login", told="dc_wrong\n", code=2, **environ)
        assert not (home / "tokens.json").exists()
        assert token not in operate(home, "login", told=f"{token}\n", **environ)
        assert (home / "tokens.json").stat().st_mode & 0o777 == 0o600
        operate(home, "list", **environ)
        assert "not signed in" not in operate(home, "--server", f"{address}/", "list")
        operate(home, "list", code=2, DESIGNCHORD_SERVER=address.replace("127.0.0.1", "localhost"))
        operate(home, "logout", **environ)
        operate(home, "list", code=2, **environ)
        operate(home, "logout", code=2, **environ)


def test_a_token_for_reading_only_reads(tmp_path: Path) -> None:
    with serving_people(tmp_path / "served", "anna") as address, signed_in(address, "anna") as anna:
        anna.make()
        environ = {"DESIGNCHORD_SERVER": address, "DESIGNCHORD_TOKEN": anna.make_token(scope="read")["text"]}
        assert "Loans" in operate(tmp_path / "home", "list", **environ)
        options = ("--content", "Members borrow books.", "--out", str(tmp_path / "out"))
        told = operate(tmp_path / "home", "generate", *options, code=2, **environ)
        assert "only read" in told


def test_a_quota_is_waited_for_as_long_as_the_server_says(tmp_path: Path) -> None:
    spent, enough = threading.Event(), threading.Event()
    with serving(tmp_path / "served", DESIGNCHORD_STARTS_PER_MINUTE="6") as address:

        def take_all() -> None:
            with Client(address) as client:
                while not enough.wait(0.02):
                    body = {"title": "x", "content": "Books.", "kinds": ["erd"]}
                    if client.http.post("/designs", json=body).status_code == 429:
                        spent.set()

        thread = threading.Thread(target=take_all)
        thread.start()
        try:
            assert spent.wait(60)
            command = ["generate", "--content", "Books.", "--kinds", "erd", "--out", str(tmp_path / "out")]
            with subprocess.Popen(
                [sys.executable, "-m", "designchord", "--server", address, *command],
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
            ) as process:
                assert process.stderr is not None
                told = process.stderr.readline()
                enough.set()
                assert re.search(r"come again in \d+ s", told)
                process.stderr.read()
                assert process.wait(60) == 0
        finally:
            enough.set()
            thread.join()


@pytest.fixture
def slow_model() -> Iterator[ModelServer]:
    with ModelServer(pace=Pace(latency=0.5)) as server:
        yield server


@pytest.fixture
def cut_off(tmp_path: Path, slow_model: ModelServer) -> Iterator[tuple[FaultProxy, Callable[..., Any]]]:
    """A proxy before a server with a slow model, and a way to start ``generate`` through it."""
    asked = {
        "OPENAI_BASE_URL": slow_model.base_url, "OPENAI_API_KEY": "sk-x", "DESIGNCHORD_MODEL": "openai:test",
        "DESIGNCHORD_EFFORT": "thorough",
    }  # fmt: skip
    with serving(tmp_path / "served", **asked) as address, FaultProxy(int(address.rpartition(":")[2])) as proxy:

        def generate() -> subprocess.Popen[str]:
            options = ("--content", "Members borrow tools. Keepers add tools.", "--out", str(tmp_path / "out"))
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "designchord",
                    "--server",
                    f"http://127.0.0.1:{proxy.port}",
                    "generate",
                    *options,
                ],
                stderr=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={"PATH": os.environ["PATH"], "DESIGNCHORD_HOME": str(tmp_path / "home")},
            )

        yield proxy, generate


def test_progress_goes_on_after_each_broken_connection(
    cut_off: tuple[FaultProxy, Callable[..., Any]], tmp_path: Path
) -> None:
    proxy, generate = cut_off
    with generate() as process:
        seen = []
        for line in process.stderr:
            seen.append(re.sub(r"^ *[\d.]+ s +", "", line).strip())
            proxy.cut()
        assert process.wait(60) == 0, seen
    assert len(seen) == len(set(seen))
    for kind in ("blueprint", *KINDS, "report"):
        assert any(re.match(rf"done +{kind}", line) for line in seen), seen
    assert (tmp_path / "out" / "index.html").is_file()


def test_an_interrupt_stops_the_design_on_the_server(cut_off: tuple[FaultProxy, Callable[..., Any]]) -> None:
    import signal

    _, generate = cut_off
    with generate() as process:
        assert "running" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130
        server = process.args[4]
    design = re.search(r"--continue (\S+)", said)
    assert design, said
    done = designchord("--server", server, "status", design[1], "--json", env={"PATH": os.environ["PATH"]})
    assert json.loads(done.stdout)["state"] == "cancelled"
