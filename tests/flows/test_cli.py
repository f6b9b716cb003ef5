"""The command line as a person meets it."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.model_server import ModelServer
from designchord.cli import run
from designchord.kinds.registry import KINDS
from tests.commands import designchord

IDEA = """# 동네 공구 도서관

회원은 공구를 예약하고 빌린다. 관리자는 공구를 등록한다. 공구는 이름과 보증금이 있다.

## 요구사항

- 회원은 공구를 검색할 수 있다.
- 회원은 빈 날짜에 공구를 예약할 수 있다.
- 관리자는 공구를 등록하고 수정할 수 있다.
"""

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def _environment(home: Path, **more: str) -> dict[str, str]:
    return {"DESIGNCHORD_HOME": str(home), "PATH": os.environ["PATH"], "PYTHONWARNINGS": "default", **more}


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Runs designchord as a process of its own, all with one home."""
    home = tmp_path_factory.mktemp("home")

    def run_command(*arguments: str | Path, text: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return designchord(*arguments, text=text, env=_environment(home, **more))

    return run_command


@pytest.fixture(scope="module")
def made(command: Command, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A design made from a Korean idea."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "idea.md").write_text(IDEA, encoding="utf-8")
    return folder / "out", command("generate", folder / "idea.md", "--out", folder / "out")


def test_generate_writes_the_whole_folder(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, done = made
    assert done.returncode == 0, done.stderr
    assert "index.html" in done.stdout
    names = {path.name for path in out.iterdir()}
    assert {"README.md", "design.md", "erd.mmd", "openapi.json", "openapi.yaml", "blueprint.json"} <= names
    assert {"report.json", "report.md", "index.html"} <= names
    assert any(re.fullmatch(r"sequence-[a-z0-9-]+\.mmd", name) for name in names)
    assert not any(name.endswith(".part") for name in names)


def test_progress_tells_every_step_on_standard_error(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, done = made
    for kind in ("blueprint", *KINDS, "report"):
        assert re.search(rf"done +{kind}", done.stderr)


def test_what_generate_wrote_passes_check(
    made: tuple[Path, subprocess.CompletedProcess[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = made
    assert run(["check", str(out)]) == 0, capsys.readouterr().out


def test_the_readme_says_how_each_part_came_to_be(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, _ = made
    readme = (out / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", readme):
        assert (out / link).is_file()
    assert "청사진에서 코드로 만듦" in readme


def test_the_page_needs_nothing_from_outside(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, _ = made
    page = (out / "index.html").read_text(encoding="utf-8")
    markup = html.unescape(re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))
    assert "default-src 'none'" in markup
    assert not re.search(r"""(?:src|href)="(?!#)""", markup)
    assert markup.count('<svg id="picture-') >= 2
    assert 'class="operation"' in markup
    assert "요구사항이 다루어진 곳" in markup


def test_a_stored_design_can_be_taken_out_again(
    made: tuple[Path, subprocess.CompletedProcess[str]], command: Command, tmp_path: Path
) -> None:
    out, _ = made
    listed = json.loads(command("status", "--json").stdout)
    done = command("export", listed[0]["id"], "--format", "zip", "--out", tmp_path / "design.zip")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "design.zip") as archive:
        texts = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert texts == {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_standard_input_options_and_json_work_together(command: Command, tmp_path: Path) -> None:
    arguments = ("--title", "Loans", "--kinds", "erd,api", "--language", "en", "--json", "--out", tmp_path / "out")
    done = command("generate", "-", *arguments, text="Members borrow books. A librarian adds books.")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["state"], result["title"], result["language"]) == ("done", "Loans", "en")
    assert "erd.mmd" in result["files"]
    assert "design.md" not in result["files"]
    assert re.search(r"done +erd", done.stderr), "progress is shown as ever, beside the result"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"a" * 1_000_001, "1,000,000 bytes"),
        (b"ELF\x00\x01\x02", "not text"),
        ("도서관 대여".encode("cp949"), "CP949"),
        ("books".encode("utf-16"), "UTF-16"),
        (b"\xc3\x28 caf\xe9 \xff", "not UTF-8"),
    ],
)
def test_an_unusable_idea_file_is_refused_with_what_to_do(
    content: bytes, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "idea.md").write_bytes(content)
    assert run(["generate", str(tmp_path / "idea.md"), "--out", str(tmp_path / "out")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["missing.md"], "no file"),
        (["."], "folder"),
        ([], "--content"),
    ],
)
def test_an_idea_that_is_not_there_is_refused(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["generate", *arguments, "--out", str(tmp_path / "out")]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--language", "xx"), "language"),
        (("--kinds", "poem"), "poem"),
        (("--model", "nobody:nothing"), "nobody"),
        (("--model", "openai:gpt-4o"), "OPENAI_API_KEY"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_written(
    options: tuple[str, ...], told: str, command: Command, tmp_path: Path
) -> None:
    done = command("generate", "-", *options, "--out", tmp_path / "out", text="Members borrow books.")
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "idea.md").write_text(IDEA, encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "design.md").write_text("mine")
    assert run(["generate", str(tmp_path / "idea.md"), "--out", str(tmp_path / "out")]) == 2
    assert "--force" in capsys.readouterr().err
    assert (tmp_path / "out" / "design.md").read_text() == "mine"
    assert run(["generate", str(tmp_path / "idea.md"), "--out", str(tmp_path / "idea.md")]) == 2


def test_force_replaces_own_files_and_leaves_others(command: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "erd.mmd").write_text("old")
    done = command("generate", "--content", "Members borrow books.", "--kinds", "erd", "--out", tmp_path, "--force")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "erd.mmd").read_text().startswith("erDiagram")


@pytest.fixture
def silent_model() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def test_an_interrupt_stops_the_design_and_says_how_to_go_on(silent_model: str, tmp_path: Path) -> None:
    arguments = ("--content", "Books.", "--model", "openai:gpt-4o")
    environment = _environment(tmp_path / "home", OPENAI_BASE_URL=silent_model, OPENAI_API_KEY="key")
    with subprocess.Popen(
        [sys.executable, "-m", "designchord", "generate", *arguments, "--out", str(tmp_path / "out")],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as process:
        assert process.stderr is not None
        while "running" not in (line := process.stderr.readline()):
            assert line, "it ended before it ran"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    design_id = re.search(r"--continue (\S+)", said)
    assert design_id, said
    shown = subprocess.run(
        [sys.executable, "-m", "designchord", "status", design_id[1], "--json"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert json.loads(shown.stdout)["state"] == "cancelled"


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


def test_parts_from_a_model_name_it_as_their_source(model: ModelServer, command: Command, tmp_path: Path) -> None:
    asked = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "key"}
    (tmp_path / "idea.md").write_text(IDEA, encoding="utf-8")
    options = ("--model", "openai:gpt-4o", "--effort", "thorough", "--kinds", "erd,api", "--json")
    options += ("--out", tmp_path / "out")
    done = command("generate", tmp_path / "idea.md", *options, **asked)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["state"], result["model"]) == ("done", "openai:gpt-4o")
    assert result["usage"]["calls"] == model.count == 3
    assert "모델이 작성" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_a_missing_part_is_partial_and_can_be_had_later(model: ModelServer, command: Command, tmp_path: Path) -> None:
    asked = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "key"}
    options = ("--content", "Members borrow books.", "--model", "openai:gpt-4o", "--effort", "thorough")
    options += ("--kinds", "erd,api")
    model.script([{"fault": "refusal", "kind": "erd"}])
    first = command("generate", *options, "--out", tmp_path / "out", "--json", **asked)
    assert first.returncode == 3, first.stdout + first.stderr
    assert "no usable answer; code made them: ERD" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    design_id = json.loads(first.stdout)["id"]
    model.script([])
    again = command("generate", "--continue", design_id, "--out", tmp_path / "out", "--force", **asked)
    assert again.returncode == 0, again.stderr
    assert "no usable answer" not in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_a_refused_key_fails_in_one_sentence_and_never_shows_it(
    model: ModelServer, command: Command, tmp_path: Path
) -> None:
    model.script([{"fault": "401"}])
    asked = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-canary-0123456789"}
    done = command("generate", "--content", "Books.", "--model", "openai:gpt-4o", "--out", tmp_path / "out", **asked)
    assert done.returncode == 1, done.stdout
    assert "sk-canary" not in done.stdout + done.stderr
    assert "--continue" in done.stderr


def test_only_this_machine_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--host", "0.0.0.0"]) == 2
    assert "127.0.0.1" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run(["serve", "--port", str(taken.getsockname()[1])]) == 2
    assert "--port 0" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    from designchord.cli import commands

    for name in commands.commands:
        assert re.search(rf"^  {name} ", shown, re.MULTILINE)


def test_an_unknown_command_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conjure"]) == 2
    assert "conjure" in capsys.readouterr().err
