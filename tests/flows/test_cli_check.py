"""``designchord check`` on files that people wrote."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from designchord.cli import run
from designchord.cli.texts import decode
from designchord.kinds.registry import KINDS
from tests.unit.test_consistency import _blueprint

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


def test_what_has_one_exact_mend_is_offered_with_the_lines_of_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blueprint = _blueprint()
    (tmp_path / "blueprint.json").write_text(blueprint.model_dump_json())
    drawn = KINDS["erd"].skeleton(blueprint, KINDS["erd"].parts(blueprint)[0])
    lacking = "\n".join(line for line in drawn.split("\n") if "due_on" not in line)
    (tmp_path / "design.md").write_text(f"# Lending\n\n```mermaid\n{lacking.rstrip()}\n```\n")
    _, result = _check(capsys, tmp_path)
    fix = next(problem["fix"] for problem in result["problems"] if problem["code"] == "cross.attribute_missing")
    assert (fix["code"], Path(fix["path"]).name) == ("draw_attributes", "design.md")
    (edit,) = fix["edits"]
    lines = (tmp_path / "design.md").read_text().split("\n")
    assert lines[edit["line"] - 2].split() == ["uuid", "member_id", "FK"]
    assert [line.split() for line in edit["new"]] == [["date", "due_on"]]
    run(["check", str(tmp_path)])
    assert "Fix: Add to Loan in the ERD: due_on." in capsys.readouterr().out


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


@pytest.mark.parametrize("settings", ["%%{init: {'theme': 'dark'}}%%\n", "---\ntitle: Lending\n---\n"])
def test_settings_of_a_diagram_in_a_foreign_file_are_no_fault(
    settings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flow.mmd").write_text(SEQUENCE)
    without = _check(capsys, tmp_path)
    (tmp_path / "flow.mmd").write_text(settings + SEQUENCE)
    code, result = _check(capsys, tmp_path)
    assert (code, result["counts"]) == (without[0], without[1]["counts"])


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"sequenceDiagram\x00"])
def test_a_binary_file_alone_is_bad_input(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flow.mmd").write_bytes(content)
    assert run(["check", str(tmp_path / "flow.mmd")]) == 2
    assert "flow.mmd" in capsys.readouterr().err


def test_nothing_to_check_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(tmp_path)]) == 2
    assert run(["check", str(tmp_path / "missing")]) == 2
    assert "missing" in capsys.readouterr().err


def _found(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(Path(one["path"]).name, one["severity"], one["code"]) for one in result["problems"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"sequenceDiagram\0", "file.not_text"),
        (b"\xff\xfe\x00", "file.encoding"),
        (f"{SEQUENCE}%% \xe9t\xe9\n".encode("latin-1"), "file.encoding"),
        (f"{SEQUENCE}%% 결제 주문을 처리한다\n".encode("cp949"), "file.encoding"),
    ],
)
def test_a_file_that_is_not_as_expected_does_not_stop_a_folder(
    content: bytes, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.mmd").write_bytes(content)
    (tmp_path / "b.mmd").write_text("sequenceDiagram\n  A->>B x\n")
    exit_code, result = _check(capsys, tmp_path)
    assert exit_code == 1
    assert ("a.mmd", "warning", code) in _found(result)
    assert [name for name, severity, _ in _found(result) if severity == "error"] == ["b.mmd"]
    assert result["checked"] + result["not_checked"] == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949"])
def test_encodings_of_windows_are_read(encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "sequenceDiagram\n    participant 고객\n    participant 서버\n    고객->>서버: 주문을 보낸다\n"
    (tmp_path / "flow.mmd").write_bytes(text.encode(encoding))
    exit_code, result = _check(capsys, tmp_path / "flow.mmd")
    assert (exit_code, result["checked"], result["not_checked"]) == (0, 1, 0)
    guessed = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp949": "CP949"}.get(encoding)
    assert [code for _, _, code in _found(result)] == (["file.encoding"] if guessed else [])
    assert guessed is None or guessed in result["problems"][0]["message"]


@pytest.mark.parametrize("content", [bytes(range(256)) * 4, b"a\0b", "가\0가".encode("utf-16-le"), b"a\0b\0\x01"])
def test_what_is_no_text_is_not_guessed_to_be_one(content: bytes) -> None:
    found = decode(content)
    assert (found.text, found.problem.code if found.problem else "") == (None, "file.not_text")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("application.yml", "swagger:\n  enabled: true\nserver: {port: 1}\n"),
        ("values.yaml", "openapi: true\n"),
        ("client.json", '{"openapi": "./api.yaml", "output": "src"}'),
        ("template.yaml", "openapi: {{ version }}\ninfo: [\n"),
        ("blueprint.json", '{"landingPage": "/", "steps": [{"step": "login"}]}'),
        ("blueprint.json", "{ not ours"),
        ("values.yaml", "swagger: true\nopenapi: 3\n"),
        ("versions.json", '{"openapi": "3.1.0", "node": "20"}'),
        ("map.yaml", "kind: ConfigMap\ndata:\n  openapi: 3.0.0\n  info: x\n---\nkind: Service\n"),
    ],
)
def test_files_of_others_are_passed_over(
    name: str, content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(content)
    (tmp_path / "flow.mmd").write_text(SEQUENCE)
    _, result = _check(capsys, tmp_path)
    assert (result["checked"], result["not_checked"]) == (1, 0)
    assert name not in {found for found, _, _ in _found(result)}


def test_an_api_that_cannot_be_read_is_still_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "api.yaml").write_text('openapi: "3.0.3"\ninfo: [\n')
    exit_code, result = _check(capsys, tmp_path)
    assert exit_code == 1
    assert _found(result) == [("api.yaml", "error", "openapi.yaml_syntax")]


def test_a_limit_of_ours_is_no_fault_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from designchord.cli import texts

    api = tmp_path / "api.json"
    with api.open("wb") as file:
        file.write(json.dumps(OPENAPI).encode())
        file.truncate(texts.MAX_BYTES + 1)
    (tmp_path / "other.json").write_bytes(b"{}" + b" " * texts.MAX_BYTES)
    (tmp_path / "deep.json").write_text('{"openapi": "3.0.3", "x": ' + "[" * 100 + "]" * 100 + "}")
    (tmp_path / "flow.mmd").write_text(SEQUENCE + "    U->>S: x\n" * 100_000)
    exit_code, result = _check(capsys, tmp_path)
    assert exit_code == 0
    assert _found(result)[0] == ("api.json", "warning", "file.too_large")
    assert ("flow.mmd", "warning", "mermaid.too_large") in _found(result)
    assert ("deep.json", "warning", "openapi.too_deep") in _found(result)
    assert (result["checked"], result["not_checked"]) == (0, 3)
    assert run(["check", str(api)]) == 2


def test_what_was_not_checked_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flow.mmd").write_text("flowchart LR\n  a --> b\n")
    (tmp_path / "sequence.mmd").write_text(SEQUENCE.replace("S:", "U:"))
    assert run(["check", str(tmp_path)]) == 0
    assert capsys.readouterr().err == "1 checked, 1 not: 1 info.\n"


def test_pipes_and_closed_folders_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "flow.mmd").write_text(SEQUENCE)
    _, result = _check(capsys, tmp_path)
    assert ("pipe.md", "warning", "file.unreadable") in _found(result)
    assert result["checked"] == 1


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


ROOT = """openapi: 3.0.3
info: {title: Books, version: "1"}
paths:
  /books: {$ref: "paths/books.yaml"}
  /books/{id}: {$ref: "paths/book.yaml#/item"}
components:
  schemas:
    Book: {$ref: "schemas.yaml#/Book"}
"""
BOOKS = """get:
  operationId: listBooks
  responses:
    "200":
      description: ok
      content: {application/json: {schema: {type: array, items: {$ref: "../openapi.yaml#/components/schemas/Book"}}}}
"""
BOOK = """item:
  get:
    operationId: getBook
    parameters: [{name: id, in: path, required: true, schema: {$ref: "#/id"}}]
    responses: {"200": {description: ok, content: {a/b: {schema: {$ref: "../schemas.yaml#/Book"}}}}}
id: {type: string}
"""
SCHEMAS = """Book: {type: object, properties: {author: {$ref: "#/Author"}, similar: {$ref: "#/Book"}}}
Author: {type: object}
"""
FILES = {"openapi.yaml": ROOT, "paths/books.yaml": BOOKS, "paths/book.yaml": BOOK, "schemas.yaml": SCHEMAS}


def test_a_description_of_several_files_is_checked_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(tmp_path, FILES | {"flow.mmd": SEQUENCE})
    for path in (tmp_path, tmp_path / "openapi.yaml"):
        exit_code, result = _check(capsys, path)
        assert (exit_code, [one for one in _found(result) if "openapi" in one[2]]) == (0, [])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"schemas.yaml": "Boo: {}\n"},
            {("openapi.yaml", "openapi.dangling_ref"), ("book.yaml", "openapi.dangling_ref")},
        ),
        ({"paths/books.yaml": "get: [\n"}, {("books.yaml", "openapi.yaml_syntax")}),
        ({"schemas.yaml": SCHEMAS.replace("#/Author", "#/Autor")}, {("schemas.yaml", "openapi.dangling_ref")}),
        ({"paths/books.yaml": BOOKS.replace(": ok", ": []")}, {("openapi.yaml", "openapi.type")}),
        (
            {"paths/books.yaml": BOOKS.replace("listBooks", "getBook")},
            {("openapi.yaml", "openapi.duplicate_operation_id")},
        ),
        (
            {"paths/book.yaml": BOOK.replace("in: path", "in: query")},
            {("openapi.yaml", "openapi.undeclared_path_parameter")},
        ),
        (
            {
                "paths/books.yaml": 'get:\n  operationId: a\n  responses: {"200": {$ref: "../responses.yaml#/ok"}}\n',
                "responses.yaml": "ok: {headers: {}}\n",
            },
            {("openapi.yaml", "openapi.missing")},
        ),
        ({"schemas.yaml": "Book: {type: object, propertis: {}}\n"}, {("openapi.yaml", "openapi.unknown_property")}),
    ],
)
def test_what_is_wrong_in_one_of_several_files_is_found_where_it_is(
    changes: dict[str, str],
    expected: set[tuple[str, str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _write(tmp_path, FILES | changes)
    exit_code, result = _check(capsys, tmp_path / "openapi.yaml")
    assert exit_code == 1
    assert {(name, code) for name, severity, code in _found(result) if severity == "error"} == expected


@pytest.mark.parametrize(
    "reference",
    ["../secret.yaml", "/etc/hostname", "link.yaml", "http://localhost/x.yaml", "file:///x", "%2e%2e/secret.yaml"],
)
def test_references_are_followed_inside_the_folder_only(
    reference: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(tmp_path, {"secret.yaml": "key: {}\n", "api/openapi.yaml": ROOT.replace("schemas.yaml#/Book", reference)})
    _write(tmp_path, {f"api/{name}": text for name, text in FILES.items() if name.startswith("paths")})
    _write(tmp_path, {"api/schemas.yaml": SCHEMAS})
    (tmp_path / "api" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    exit_code, result = _check(capsys, tmp_path / "api")
    assert exit_code == 0
    assert ("openapi.yaml", "warning", "openapi.remote_ref") in _found(result)


def test_a_sequence_diagram_may_call_what_another_file_describes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(tmp_path, FILES | {"flow.mmd": SEQUENCE + "    U->>S: DELETE /books\n"})
    exit_code, result = _check(capsys, tmp_path)
    assert exit_code == 1
    assert [code for _, severity, code in _found(result) if severity == "error"] == ["cross.wrong_method"]


def test_files_that_refer_to_each_other_in_circles_come_to_an_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item = BOOKS.replace("get:", 'post:\n  callbacks: {c: {"{$url}": {$ref: "books.yaml"}}}').replace(
        "listBooks", "addBook"
    )
    schemas = "Book: {allOf: [{$ref: 'more.yaml#/Other'}]}\n"
    more = "Other: {allOf: [{$ref: 'schemas.yaml#/Book'}]}\n"
    _write(tmp_path, FILES | {"paths/books.yaml": item, "schemas.yaml": schemas, "more.yaml": more})
    exit_code, result = _check(capsys, tmp_path / "openapi.yaml")
    assert exit_code == 1
    codes = {code for _, severity, code in _found(result) if severity == "error"}
    assert codes == {"openapi.ref_loop"}
    assert "x-elsewhere" not in json.dumps(result)
