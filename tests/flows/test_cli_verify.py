"""``designchord import`` and ``designchord verify``: a small system is imported, then changed behind its design."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

from designchord.cli import run
from tests.commands import designchord
from tests.flows.system import API, SCHEMA

ROOT = Path(__file__).parents[2]
SARIF = ROOT / "tests" / "vendor" / "sarif-2.1.0" / "sarif-schema-2.1.0.json"


@pytest.fixture(autouse=True)
def _no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESIGNCHORD_DATABASE", raising=False)


def _design_of(api: str, schema: str, folder: Path) -> Path:
    """The blueprint of a system, in a folder as an import writes it."""
    from designchord.blueprint import answering
    from designchord.readers.inputs import Input, read_inputs
    from designchord.readers.joining import Given, join
    from designchord.readers.system import System

    joined = join(System(read_inputs([Input("openapi.yaml", api), Input("schema.sql", schema)])), Given())
    assert joined is not None
    (folder / "blueprint.json").write_text(answering.dump(joined.blueprint))
    return folder


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _design_of(API, SCHEMA, tmp_path_factory.mktemp("design"))


@pytest.fixture
def verified(
    imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, dict[str, Any]]]:
    monkeypatch.chdir(tmp_path)

    def verify(
        *options: str, schema: str = SCHEMA, api: str = API, design: Path = imported
    ) -> tuple[int, dict[str, Any]]:
        (tmp_path / "schema.sql").write_text(schema)
        (tmp_path / "openapi.yaml").write_text(api)
        given = ("--openapi", "openapi.yaml", "--ddl", "schema.sql")
        code = run(["verify", str(design), *given, "--format", "json", *options])
        captured = capsys.readouterr()
        return code, json.loads(captured.out) if captured.out else {"said": captured.err}

    return verify


Verified = Callable[..., tuple[int, dict[str, Any]]]


def test_what_was_imported_verifies_clean(verified: Verified) -> None:
    code, told = verified()
    assert (code, told["findings"], told["not_read"]) == (0, [], [])
    assert told["compared"] == {"tables": 5, "operations": 7}


DRIFTS = [
    # In the database
    ("schema", "CREATE TABLE loans (", "CREATE TABLE lendings (", "verify.table_renamed", "Loan", "lendings"),
    ("schema", "    title varchar(100) NOT NULL,\n", "", "verify.column_missing", "Tool.title", "CREATE TABLE tools"),
    (
        "schema",
        "    full_name varchar",
        "    display_name varchar",
        "verify.column_renamed",
        "Member.full_name",
        "display_name",
    ),
    ("schema", "    due_on date", "    due_on boolean", "verify.type", "Loan.due_on", "due_on boolean"),
    ("schema", "title varchar(100) NOT NULL", "title varchar(100)", "verify.required", "Tool.title", "title varchar"),
    (
        "schema",
        "word varchar(40) NOT NULL UNIQUE",
        "word varchar(40) NOT NULL",
        "verify.unique",
        "Tag.word",
        "word varchar",
    ),
    ("schema", "'returned', 'lost'", "'returned', 'stolen'", "verify.enum_values", "Loan.state", "state loan_state"),
    (
        "schema",
        "NOT NULL REFERENCES members(id)",
        "NOT NULL",
        "verify.reference_missing",
        "Loan.member_id",
        "member_id uuid",
    ),
    (
        "schema",
        "REFERENCES members(id)",
        "REFERENCES tools(id)",
        "verify.reference",
        "Loan.member_id",
        "member_id uuid",
    ),
    (
        "schema",
        "    weight_kg",
        "    serial_number text,\n    weight_kg",
        "verify.column_unknown",
        "tools.serial_number",
        "serial_number",
    ),
    (
        "schema",
        SCHEMA[SCHEMA.index("CREATE TABLE tools_tags") : SCHEMA.index("CREATE TABLE alembic")],
        "",
        "verify.join_missing",
        "Tool–Tag",
        "",
    ),
    (
        "schema",
        "CREATE TABLE alembic",
        "CREATE TABLE fines (id int PRIMARY KEY, amount int, paid_on date);\nCREATE TABLE alembic",
        "verify.table_unknown",
        "fines",
        "CREATE TABLE fines",
    ),
    (
        "schema",
        "CREATE TABLE tags (\n    id serial PRIMARY KEY,",
        "CREATE TABLE tags (\n    id serial, PRIMARY KEY (id, word),",
        "verify.key",
        "Tag.id",
        "id serial",
    ),
    ("schema", "id serial PRIMARY KEY", "id serial NOT NULL", "verify.key", "Tag.id", "id serial"),
    # In the API
    ("api", "  /loans:\n", "  /lendings:\n", "verify.path", "GET /loans", "get:"),
    (
        "api",
        "    put:\n      operationId: updateTool",
        "    patch:\n      operationId: updateTool",
        "verify.method",
        "PUT /tools/{tool_id}",
        "patch:",
    ),
    (
        "api",
        "        - {name: word, in: query, schema: {type: string}}\n",
        "",
        "verify.filter_missing",
        "GET /tools word",
        "get:",
    ),
    ("api", "- {name: word, in", "- {name: phrase, in", "verify.filter_renamed", "GET /tools word", "get:"),
    (
        "api",
        "weightKg: {type: number}\n        lentOut",
        "massKg: {type: number}\n        lentOut",
        "verify.field_renamed",
        "Tool.weight_kg",
        "massKg",
    ),
    (
        "api",
        API[API.index("    LoanCreate:") :],
        API[API.index("    LoanCreate:") :].replace("dueOn:", "until:"),
        "verify.body_renamed",
        "POST /loans due_on",
        "post:",
    ),
    ("api", '        "409": {description: lent already}\n', "", "verify.refusal_missing", "POST /loans", "post:"),
    (
        "api",
        "        weightKg: {type: number}\n        lentOut",
        "        lentOut",
        "verify.field_missing",
        "Tool.weight_kg",
        "Tool:",
    ),
    (
        "api",
        "        dueOn: {type: string, format: date}\n        state",
        "        dueOn: {type: boolean}\n        state",
        "verify.field_type",
        "Loan.due_on",
        "dueOn: {type: boolean}",
    ),
    ("api", "[open, returned, lost]", "[open, returned, stolen]", "verify.field_values", "Loan.state", "stolen"),
    (
        "api",
        "        lentOut: {type: boolean}\n",
        "        lentOut: {type: boolean}\n        colour: {type: string}\n",
        "verify.field_unknown",
        "Tool.colour",
        "colour:",
    ),
]


@pytest.mark.parametrize(("where", "old", "new", "code", "thing", "place"), DRIFTS)
def test_a_drift_is_found_once_and_in_its_place(
    verified: Verified, where: str, old: str, new: str, code: str, thing: str, place: str
) -> None:
    source = SCHEMA if where == "schema" else API
    assert source.count(old) >= 1
    _, told = verified(**{where: source.replace(old, new, 1)})
    assert [(one["code"], one["thing"]) for one in told["findings"]] == [(code, thing)]
    finding = told["findings"][0]
    if place:
        built = finding["built"]
        assert built["file"] == {"schema": "schema.sql", "api": "openapi.yaml"}[where]
        assert place in Path(built["file"]).read_text().splitlines()[built["line"] - 1]
    if not code.endswith("_unknown"):
        assert finding["design"]["file"].endswith("blueprint.json")
        assert finding["design"]["line"] > 1
    assert finding["change_the_code"]
    assert finding["change_the_design"]


def test_a_field_that_is_gone_from_all_that_is_sent_and_shown_is_one_finding(verified: Verified) -> None:
    _, told = verified(api=API.replace("        weightKg: {type: number}\n", ""))
    assert [(one["code"], one["thing"], one["follows"]) for one in told["findings"]] == [
        ("verify.field_missing", "Tool.weight_kg", ["POST /tools weight_kg", "PUT /tools/{tool_id} weight_kg"]),
    ]


def test_values_that_table_and_api_have_both_are_one_finding(verified: Verified) -> None:
    other = SCHEMA.replace("'returned', 'lost'", "'returned', 'stolen'")
    _, told = verified(schema=other, api=API.replace("[open, returned, lost]", "[OPEN, RETURNED, STOLEN]"))
    assert [(one["code"], one["thing"], one["follows"]) for one in told["findings"]] == [
        ("verify.enum_values", "Loan.state", ["Loan.state"]),
    ]


def test_how_values_are_spelled_is_no_difference(verified: Verified) -> None:
    _, told = verified(api=API.replace("[open, returned, lost]", "[OPEN, RETURNED, LOST]"))
    assert told["findings"] == []


def test_a_resource_that_is_gone_is_one_finding(verified: Verified) -> None:
    without = API[: API.index("  /loans:\n")] + API[API.index("components:\n") :]
    code, told = verified(api=without)
    gone = [one for one in told["findings"] if one["code"] == "verify.operation_missing"]
    assert code == 1
    assert [len(one["follows"]) for one in gone] == [2]


def test_a_table_under_another_name_is_one_finding_with_all_that_points_to_it(verified: Verified) -> None:
    _, told = verified(schema=SCHEMA.replace("members", "people").replace("CREATE TABLE tools (", "CREATE TABLE gear ("
    ).replace("REFERENCES tools", "REFERENCES gear"))  # fmt: skip
    assert sorted((one["code"], one["thing"]) for one in told["findings"]) == [
        ("verify.table_renamed", "Member"),
        ("verify.table_renamed", "Tool"),
    ]


CONVENTIONS = [
    (SCHEMA.replace("member_id", '"memberId"').replace("due_on", '"dueOn"').replace("created_at", '"createdAt"'), API),
    (
        SCHEMA.replace("loans (", "library_loan (")
        .replace("members", "library_member")
        .replace(" tools(", " library_tool(")
        .replace("TABLE tools (", "TABLE library_tool (")
        .replace("TABLE tags", "TABLE library_tag")
        .replace("tags(id)", "library_tag(id)"),
        API,
    ),
    (
        SCHEMA.replace(
            "    created_at timestamptz NOT NULL DEFAULT now()",
            "    date_created timestamptz NOT NULL,\n    updated_at timestamptz,\n    lock_version int",
        ),
        API,
    ),
    (SCHEMA, API.replace("  /tools", "  /api/v2/library/tools").replace("  /loans", "  /api/v2/library/loans")),
    (
        SCHEMA,
        API.replace("dueOn", "due_on")
        .replace("memberId", "member_id")
        .replace("{toolId}", "{id}")
        .replace("/tools/", "/Tools/"),
    ),
]


@pytest.mark.parametrize(("schema", "api"), CONVENTIONS)
def test_what_frameworks_do_by_convention_is_no_difference(verified: Verified, schema: str, api: str) -> None:
    code, told = verified(schema=schema, api=api)
    assert (code, [(one["code"], one["thing"]) for one in told["findings"]]) == (0, [])


COVERS = """\
  /loans/cover:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}}
  /loans/covers:
    get: {responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {}}}}}}}
components:
"""
ORIGINALS = {
    "paths that differ in number alone": (SCHEMA, API.replace("components:\n", COVERS)),
    "the body of a GET": (
        SCHEMA,
        API.replace("operationId: listLoans\n", "operationId: listLoans\n      requestBody: {content: "
        "{application/json: {schema: {properties: {word: {type: string}}}}}}\n"),
    ),
    "whether there is a time of deletion": (
        SCHEMA.replace("    internal_note text", "    deleted_date timestamp"),
        API.replace("        lentOut: {type", "        deleted: {type"),
    ),
    "booleans of a database that has none": (
        "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT);\n"
        "CREATE TABLE tools (id TEXT PRIMARY KEY, title TEXT, weight_kg NUMERIC, lent_out INTEGER DEFAULT 0 NOT NULL);",
        API,
    ),
}  # fmt: skip


@pytest.mark.parametrize("original", ORIGINALS)
def test_an_untouched_system_verifies_clean_against_its_import(
    verified: Verified, tmp_path: Path, original: str
) -> None:
    schema, api = ORIGINALS[original]
    code, told = verified("--fail-on", "info", schema=schema, api=api, design=_design_of(api, schema, tmp_path))
    assert (code, [one["message"] for one in told["findings"]]) == (0, [])


# Accepting


def test_an_accepted_finding_is_silent_until_its_facts_change_or_its_time_is_over(verified: Verified) -> None:
    changed = SCHEMA.replace("    weight_kg", "    serial_number text,\n    weight_kg")
    reason = ("--reason", "the old importer writes it", "--by", "kim")
    assert verified("--accept", "verify.column_unknown tools.serial_number", *reason, schema=changed)[0] == 0
    assert "kim" in Path("designchord-accepted.yaml").read_text()
    code, told = verified("--fail-on", "info", schema=changed)
    assert (code, told["findings"], len(told["accepted"])) == (0, [], 1)
    code, told = verified("--fail-on", "info", schema=changed.replace("serial_number text", "serial_number date"))
    assert (code, len(told["findings"])) == (1, 1)
    assert "the old importer writes it" in told["findings"][0]["note"]
    assert verified("--accept", "all", *reason, "--until", "2001-01-01", schema=changed)[0] == 0
    code, told = verified("--fail-on", "info", schema=changed)
    assert code == 1
    assert "2001-01-01" in told["findings"][0]["note"]


@pytest.mark.parametrize(
    "text",
    [
        "accepted: 3",
        "- a",
        "accepted:\n  - finding: x\n",
        "a: b: c",
        "accepted:\n  - 3",
        "accepted:\n  - {finding: x, facts: y, reason: z, by: k, until: soon}",
        "accepted:\n  - {finding: x, facts: y, reason: '', by: k}",
    ],
)
def test_a_file_of_acceptances_that_cannot_be_used_is_named(verified: Verified, text: str) -> None:
    Path("designchord-accepted.yaml").write_text(text)
    code, told = verified()
    assert code == 2
    assert "designchord-accepted.yaml" in told["said"]


# What fails, and forms


def test_what_makes_the_exit_code_one_can_be_chosen(verified: Verified) -> None:
    warned = SCHEMA.replace("word varchar(40) NOT NULL UNIQUE", "word varchar(40) NOT NULL")
    assert [verified("--fail-on", level, schema=warned)[0] for level in ("error", "warning", "info", "never")] == [
        *(0, 1, 1, 0),
    ]


def test_sarif_is_valid_by_its_schema_and_has_both_places(verified: Verified) -> None:
    broken = SCHEMA.replace("    due_on date", "    due_on boolean").replace("CREATE TABLE tags", "CREATE TABLE x-y")
    _, told = verified("--format", "sarif", schema=broken)
    jsonschema_rs.validator_for(json.loads(SARIF.read_text())).validate(told)
    places = [one for one in told["runs"][0]["results"] if one["ruleId"] == "verify.type"]
    assert places[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "schema.sql"
    assert "relatedLocations" in places[0]


def test_junit_code_quality_and_annotations_name_each_finding(verified: Verified, tmp_path: Path) -> None:
    broken = SCHEMA.replace("    due_on date", "    due_on boolean")
    for form in ("junit", "codequality", "github", "text"):
        assert verified("--format", form, "--output", f"report.{form}", schema=broken)[0] == 1
    suite = ET.parse(tmp_path / "report.junit").getroot()[0]
    assert (suite.get("failures"), suite.find("testcase/failure[@type='error']") is not None) == ("1", True)
    (item,) = json.loads((tmp_path / "report.codequality").read_text())
    assert (item["location"]["path"], item["severity"]) == ("schema.sql", "critical")
    assert (tmp_path / "report.github").read_text().startswith("::error file=schema.sql,line=18,")
    assert (tmp_path / "report.text").read_text().startswith("schema.sql:18 error verify.type Loan.due_on")


# Bad input


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--openapi", "nothing.yaml"),
        ("--openapi", "broken.yaml"),
        ("--ddl", "empty.sql"),
        ("--database", "env:NOT_THERE_4711"),
        ("--database", "@empty.sql"),
        ("--database", "nothing.db"),
        ("--openapi", "file:///etc/passwd"),
        ("--openapi", "http://127.0.0.1:1/openapi.json"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_and_never_a_green_run(
    imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.yaml").write_text("openapi: 3.1.0\npaths: [")
    (tmp_path / "empty.sql").write_text("")
    assert run(["verify", str(imported), *options]) in (1, 2)
    assert capsys.readouterr().err.startswith("designchord: ")


def test_a_password_of_a_database_is_in_no_output(
    imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "address").write_text("postgresql://reader:canary_4711@127.0.0.1:1/loans\n")
    monkeypatch.setenv("BUILT", "mysql://reader:canary_4711@127.0.0.1:1/loans")
    for address in ("postgresql://reader:canary_4711@127.0.0.1:1/loans", f"@{tmp_path / 'address'}", "env:BUILT"):
        assert run(["verify", str(imported), "--database", address]) in (1, 2)
        captured = capsys.readouterr()
        assert "canary_4711" not in captured.out + captured.err


def test_a_live_database_is_compared_by_its_columns(
    imported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:

    path = tmp_path / "built.db"
    script = SCHEMA.replace("CREATE TYPE loan_state AS ENUM ('open', 'returned', 'lost');\n", "")
    script = script.replace("state loan_state NOT NULL", "state TEXT NOT NULL CHECK (state IN ('open', 'lost'))")
    script = script.replace("DEFAULT now()", "").replace("serial PRIMARY KEY", "INTEGER PRIMARY KEY")
    with sqlite3.connect(path) as connection:
        connection.executescript(script)
    connection.close()
    code = run(["verify", str(imported), "--database", f"sqlite:///{path}", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 1
    assert [(one["code"], one["built"]["item"]) for one in told["findings"]] == [("verify.enum_values", "loans.state")]


# Import


def test_an_import_is_a_design_like_any_other(tmp_path: Path) -> None:
    def say(*arguments: str | Path) -> str:
        ended = designchord(*arguments, env={"DESIGNCHORD_HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]})
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    source, out = tmp_path / "system", tmp_path / "out"
    source.mkdir()
    (source / "openapi.yaml").write_text(API)
    (source / "schema.sql").write_text(SCHEMA + "CREATE TABLE odd (((;\n")
    told = say("import", source, "--preview")
    assert "4 entities" in told
    assert "odd (((" in told
    say("import", source, "--out", out, "--title", "Tools")
    files = {path.name for path in out.iterdir()}
    assert {"blueprint.json", "erd.mmd", "openapi.json", "imported.md", "index.html"} <= files
    say("verify", out, "--openapi", source / "openapi.yaml", "--ddl", source / "schema.sql")
    say("check", out)
    (out / "blueprint.json").unlink()
    assert "4 entities" in say("import", out, "--preview")


def test_an_import_of_nothing_says_so_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text("# nothing\n")
    assert run(["import", str(tmp_path / "a.md"), "--out", str(tmp_path / "out")]) == 2
    assert "no data model" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
