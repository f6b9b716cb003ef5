"""``designchord check`` on files that people wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from designchord.cli import run

SEQUENCE = "sequenceDiagram\n    participant U as User\n    U->>S: GET /books\n"
BROKEN_ER = "erDiagram\n    Book {\n        string\n    }\n"
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Books", "version": "1"},
    "paths": {
        "/books": {"get": {"operationId": "listBooks", "summary": "List", "responses": {"200": {"description": "ok"}}}}
    },
}


def _check(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    code = run(["check", "--json", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else {"said": captured.err}


def test_a_valid_file_has_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flow.mmd").write_text(SEQUENCE)
    code, result = _check(capsys, tmp_path / "flow.mmd")
    assert (code, result["checked"], result["counts"]["error"]) == (0, 1, 0)


def test_a_problem_in_a_fence_has_the_line_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"# Data\n\nSome words.\n\n```mermaid\n{BROKEN_ER}```\n\n```python\nsequenceDiagram\n```\n"
    (tmp_path / "notes.md").write_text(text)
    code, result = _check(capsys, tmp_path / "notes.md")
    assert code == 1
    assert result["checked"] == 1
    lines = {problem["line"] for problem in result["problems"] if problem["severity"] == "error"}
    assert lines <= {8, 9}


def test_a_fence_inside_a_list_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    indented = "".join(f"  {line}\n" for line in BROKEN_ER.splitlines())
    (tmp_path / "notes.md").write_text(f"- first\n\n  ~~~~mermaid\n{indented}  ~~~~\n")
    code, result = _check(capsys, tmp_path / "notes.md")
    assert (code, result["checked"]) == (1, 1)


def test_readable_output_names_place_severity_code_and_hint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "erd.mmd").write_text(BROKEN_ER)
    assert run(["check", str(tmp_path)]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"{tmp_path / 'erd.mmd'}:")
    assert " error " in first
    assert first.endswith(")")


@pytest.mark.parametrize("name", ["api.json", "api.yaml"])
def test_an_openapi_document_is_checked(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_text(json.dumps(OPENAPI, indent=1))
    assert _check(capsys, tmp_path)[0] == 0
    broken = json.loads(json.dumps(OPENAPI))
    broken["paths"]["/books"]["get"]["responses"]["200"]["content"] = {
        "application/json": {"schema": {"$ref": "#/components/schemas/Book"}}
    }
    (tmp_path / name).write_text(json.dumps(broken, indent=1))
    code, result = _check(capsys, tmp_path)
    assert code == 1
    assert any(problem["line"] > 1 and "ref" in problem["code"] for problem in result["problems"])


def test_the_parts_of_a_folder_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(OPENAPI))
    (tmp_path / "sequence-loan.mmd").write_text(SEQUENCE.replace("GET /books", "POST /loans"))
    _, result = _check(capsys, tmp_path)
    found = [problem for problem in result["problems"] if problem["code"].startswith("cross.")]
    assert any("/loans" in problem["message"] for problem in found)
    assert any(problem["path"].endswith("sequence-loan.mmd") for problem in found)


def test_other_diagrams_are_said_not_to_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flow.mmd").write_text("flowchart LR\n  a --> b\n")
    code, result = _check(capsys, tmp_path)
    assert code == 0
    assert [problem["severity"] for problem in result["problems"]] == ["info"]


def test_other_json_in_a_folder_is_passed_over_but_not_when_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "flow.mmd").write_text(SEQUENCE)
    assert _check(capsys, tmp_path)[1]["checked"] == 1
    assert _check(capsys, tmp_path / "package.json")[0] == 1


def test_a_directive_in_a_foreign_file_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flow.mmd").write_text("%%{init: {'theme': 'dark'}}%%\n" + SEQUENCE)
    code, result = _check(capsys, tmp_path)
    assert code == 0
    assert result["counts"]["warning"] >= 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"sequenceDiagram\x00"])
def test_a_binary_file_is_bad_input(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flow.mmd").write_bytes(content)
    assert run(["check", str(tmp_path / "flow.mmd")]) == 2
    assert "flow.mmd" in capsys.readouterr().err


def test_nothing_to_check_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(tmp_path)]) == 2
    assert run(["check", str(tmp_path / "missing")]) == 2
    assert "missing" in capsys.readouterr().err
