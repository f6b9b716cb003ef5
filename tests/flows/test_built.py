"""What was built is reported to a design with `verify --report-to`, kept once, and shown over time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from designchord.cli import run
from tests.flows.people import bearing, serving_people, signed_in
from tests.flows.serving import Client, serving
from tests.flows.system import API, SCHEMA

Body = dict[str, Any]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("built") / "home") as address, Client(address) as client:
        yield client


@pytest.fixture
def design(client: Client) -> str:
    """A design of the small system, as an import makes it."""
    files = [{"name": "openapi.yaml", "text": API}, {"name": "schema.sql", "text": SCHEMA}]
    answer = client.http.post("/imports", json={"files": files, "title": "Tool library"})
    assert answer.status_code == 202, answer.text
    return str(client.finished(answer.json()["id"])["id"])


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESIGNCHORD_HOME", str(tmp_path / "home"))
    for name in ("DESIGNCHORD_DATABASE", "DESIGNCHORD_TOKEN", "DESIGNCHORD_SERVER"):
        monkeypatch.delenv(name, raising=False)

    def verify(*arguments: str, schema: str = SCHEMA, api: str = API) -> tuple[int, str]:
        (tmp_path / "schema.sql").write_text(schema)
        (tmp_path / "openapi.yaml").write_text(api)
        code = run(["verify", *arguments])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return verify


BOTH = ("--openapi", "openapi.yaml", "--ddl", "schema.sql")
DRIFT = SCHEMA.replace("    title varchar(100) NOT NULL,\n", "")


def read(client: Client, design: str) -> Body:
    answer = client.http.get(f"/designs/{design}/verifications")
    assert answer.status_code == 200, answer.text
    found: Body = answer.json()
    return found


def blueprint_of(client: Client, design: str) -> Body:
    revision = client.http.get(f"/designs/{design}/artifacts/blueprint").json()["revision"]
    found: Body = json.loads(revision["source"])
    return found


def test_a_verification_is_kept_with_its_design_and_says_what_of_each_requirement_is_there(
    client: Client, design: str, verify: Callable[..., Any]
) -> None:
    assert read(client, design) == {"items": [], "last": None}
    code, said = verify(design, *BOTH, "--report-to", client.address, "--revision", "4f2a", schema=DRIFT)
    assert code == 1
    assert f"{client.address}/designs/{design}/" in said
    found = read(client, design)
    last = found["last"]
    assert [(one["number"], one["revision"], one["stale"]) for one in found["items"]] == [(1, "4f2a", False)]
    assert [(one["code"], one["thing"]) for one in last["findings"]] == [("verify.column_missing", "Tool.title")]
    assert last["findings"][0]["built"] == {"file": "schema.sql", "line": 8, "item": "tools"}
    standing = {one["id"]: one["standing"] for one in last["things"]}
    assert (standing["Tool"], standing["Member"], standing["listTools"]) == ("differs", "exists", "exists")
    assert {"unchecked", "missing"}.isdisjoint(standing.values())
    rows = {one["id"]: one for one in last["requirements"]}
    assert set(rows) == {one["id"] for one in blueprint_of(client, design)["requirements"]}
    assert client.http.get(f"/designs/{design}").json()["verified"] == 1


def test_what_a_verification_did_not_look_at_is_unchecked_and_what_is_gone_is_missing(
    client: Client, design: str, verify: Callable[..., Any]
) -> None:
    without = API[: API.index("  /loans:\n")] + API[API.index("components:\n") :]
    verify(design, "--openapi", "openapi.yaml", "--report-to", client.address, api=without)
    last = read(client, design)["last"]
    standing = {one["id"]: one["standing"] for one in last["things"]}
    assert (standing["Member"], standing["createLoan"], standing["listTools"]) == ("unchecked", "missing", "exists")
    loans = [one for one in last["requirements"] if any(each["id"] == "createLoan" for each in one["missing"])]
    assert [one["standing"] for one in loans] == ["missing"]
    assert last["counts"] | {"error": 0, "info": 0} == last["counts"] | {"error": 0, "info": 0, "missing": 3}


def test_a_report_that_comes_twice_is_kept_once_and_a_rerun_of_an_old_job_changes_nothing(
    client: Client, design: str, verify: Callable[..., Any]
) -> None:
    def report(revision: str, schema: str) -> None:
        verify(design, *BOTH, "--report-to", client.address, "--revision", revision, schema=schema)

    def told() -> list[str]:
        return [one["revision"] for one in read(client, design)["items"]]

    report("one", SCHEMA)
    report("one", SCHEMA)
    assert told() == ["one"]
    report("two", DRIFT)
    report("one", SCHEMA)
    assert told() == ["two", "one"]
    report("", SCHEMA)
    report("", SCHEMA)
    report("", DRIFT)
    report("", SCHEMA)
    assert told() == ["", "", "", "two", "one"]
    assert [one["counts"]["error"] for one in read(client, design)["items"]] == [0, 1, 0, 1, 0]


def test_a_folder_is_reported_to_the_design_that_it_was_exported_from(
    client: Client, design: str, verify: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "design").mkdir()
    written = json.dumps(blueprint_of(client, design), indent=8, ensure_ascii=True)  # by another tool, say
    (tmp_path / "design" / "blueprint.json").write_text(written)
    page = f"{client.address}/designs/{design}/"
    assert verify("design", *BOTH, "--report-to", page)[0] == 0
    assert read(client, design)["items"][0]["stale"] is False
    code, said = verify("design", *BOTH, "--report-to", client.address)
    assert code == 2
    assert "/designs/ID" in said


def test_a_verification_is_out_of_date_when_the_blueprint_was_changed_since(
    client: Client, design: str, verify: Callable[..., Any]
) -> None:
    verify(design, *BOTH, "--report-to", client.address)
    assert read(client, design)["items"][0]["stale"] is False
    changed = client.http.post(f"/designs/{design}/changes", json={"words": "add a rating to Tool", "apply": True})
    assert changed.status_code == 200, changed.text
    assert [one["stale"] for one in read(client, design)["items"]] == [True]
    verify(design, *BOTH, "--report-to", client.address)
    items = read(client, design)["items"]
    assert [one["stale"] for one in items] == [False, True]
    assert items[0]["blueprint"] > items[1]["blueprint"]


def test_a_verification_of_a_blueprint_that_is_not_here_says_so(
    client: Client, design: str, verify: Callable[..., Any], tmp_path: Path
) -> None:
    blueprint = blueprint_of(client, design)
    blueprint["title"] = "Another one"
    (tmp_path / "blueprint.json").write_text(json.dumps(blueprint))
    verify("blueprint.json", *BOTH, "--report-to", f"{client.address}/designs/{design}/")
    (item,) = read(client, design)["items"]
    assert (item["blueprint"], item["stale"]) == (None, True)


def test_whoever_watches_a_design_hears_of_a_verification(
    client: Client, design: str, verify: Callable[..., Any]
) -> None:
    begun = client.http.get(f"/designs/{design}").json()["last_event_id"]
    verify(design, *BOTH, "--report-to", client.address, "--revision", "abc")
    heard = list(client.events(design, until="verification", last_event_id=str(begun)))
    assert (heard[-1]["data"]["number"], heard[-1]["data"]["revision"]) == (1, "abc")


def test_accepted_differences_are_reported_as_such_and_still_count_as_differing(
    client: Client, design: str, verify: Callable[..., Any]
) -> None:
    (Path.cwd() / "blueprint.json").write_text(json.dumps(blueprint_of(client, design)))
    page = f"{client.address}/designs/{design}/"
    accept = ("--accept", "all", "--reason", "moving", "--by", "kim")
    verify("blueprint.json", *BOTH, *accept, schema=DRIFT)
    assert verify("blueprint.json", *BOTH, "--report-to", page, schema=DRIFT)[0] == 0
    last = read(client, design)["last"]
    assert (last["findings"], len(last["accepted"]), last["counts"]["accepted"]) == ([], 1, 1)
    assert "kim" in last["accepted"][0]["note"]
    assert {one["id"] for one in last["things"] if one["standing"] == "differs"} == {"Tool"}


def test_one_of_many_verifications_is_read_by_its_number(
    client: Client, design: str, verify: Callable[..., Any]
) -> None:
    verify(design, *BOTH, "--report-to", client.address, schema=DRIFT)
    verify(design, *BOTH, "--report-to", client.address)
    first = client.http.get(f"/designs/{design}/verifications/1").json()
    assert [one["thing"] for one in first["findings"]] == ["Tool.title"]
    gone = client.http.get(f"/designs/{design}/verifications/3")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "verification_not_found")


@pytest.mark.parametrize(
    "change",
    [
        {"things": [{"what": "entity", "id": "Tool", "standing": "fine"}]},
        {"findings": [{"code": "<script>", "severity": "error", "thing": "x", "message": "x"}]},
        {"findings": [{"code": "verify.type", "severity": "error", "thing": "x", "message": "x" * 601}]},
        {"findings": [{"code": "verify.type", "severity": "error", "thing": "x", "message": "x", "log": "secret"}]},
        {"findings": [{"code": "verify.type", "severity": "error", "thing": "x", "message": "x"}] * 1001},
        {"compared": {"tables": -1}},
        {"revision": "x" * 101},
        {"text": "of a file"},
    ],
)
def test_only_findings_and_places_are_taken_within_bounds(client: Client, design: str, change: Body) -> None:
    body: Body = {"compared": {"tables": 1}, "findings": [], "things": [], **change}
    answer = client.http.post(f"/designs/{design}/verifications", json=body)
    assert answer.status_code in (413, 422), answer.text
    assert read(client, design)["items"] == []


def test_of_more_findings_than_are_kept_the_worst_are_and_the_rest_is_counted(
    client: Client, design: str, verify: Callable[..., Any]
) -> None:
    more = "".join(f"CREATE TABLE extra_{at} (id int PRIMARY KEY, a int, b int, c date);\n" for at in range(900))
    code, _ = verify(design, *BOTH, "--report-to", client.address, schema=DRIFT + more)
    assert code == 1
    last = read(client, design)["last"]
    assert (last["findings"][0]["code"], len(last["findings"]), last["left_out"]) == ("verify.column_missing", 500, 401)


# Who may


def test_a_verification_goes_with_a_token_to_ones_own_design_alone(
    tmp_path: Path, verify: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_people(tmp_path / "server", "anna", "bert") as address:
        with signed_in(address, "anna") as anna:
            design = str(anna.make()["id"])
            writing, reading = anna.make_token()["text"], anna.make_token(scope="read")["text"]
        with signed_in(address, "bert") as bert:
            foreign = bert.make_token()["text"]
        page = f"{address}/designs/{design}/"
        told = []
        for token in ("", reading, foreign, writing):
            (tmp_path / "token").write_text(token)
            if token:
                monkeypatch.setenv("DESIGNCHORD_TOKEN_FILE", str(tmp_path / "token"))
            code, said = verify(design, *BOTH, "--report-to", page)
            assert not token or token not in said
            told.append((code, "is at " in said))
        assert told == [(2, False), (2, False), (2, False), (1, True)]
        with bearing(address, foreign) as other:
            body = {"compared": {}, "findings": [], "things": []}
            answers = [
                other.http.post(f"/designs/{design}/verifications", json=body),
                other.http.get(f"/designs/{design}/verifications"),
                other.http.get(f"/designs/{design}/verifications/1"),
            ]
            assert {one.status_code for one in answers} == {404}
        with bearing(address, writing) as owner:
            found = read(owner, design)
            assert [(one["number"], one["who"]) for one in found["items"]] == [(1, "anna")]


@pytest.mark.parametrize(
    "target",
    ["nonsense", "ftp://x", "http://[", "https://example.org/elsewhere", "http://example.org", "http://u:p@localhost"],
)
def test_where_to_report_to_is_looked_at_before_anything_is_read(verify: Callable[..., Any], target: str) -> None:
    code, said = verify("00000000-0000-4000-8000-000000000000", *BOTH, "--report-to", target)
    assert code == 2
    assert said.startswith("designchord: ")
