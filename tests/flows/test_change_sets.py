"""A design changed by asking and by operations, over HTTP: previewed, applied, listed, taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from designchord.api import change_answers
from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from tests.flows.serving import Client, serving

IDEA = {
    "title": "Tool library",
    "content": "Members borrow tools. A tool has a name and a serial number. Keepers add tools and remove tools.",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("home")) as address, Client(address) as opened:
        yield opened


@pytest.fixture
def design(client: Client) -> str:
    return str(client.make(**IDEA)["id"])


def blueprint_of(client: Client, design: str) -> Blueprint:
    source = client.http.get(f"/designs/{design}/artifacts/blueprint").json()["revision"]["source"]
    return answering.load(source)


def asked(client: Client, design: str, status: int = 200, **body: Any) -> dict[str, Any]:
    answered = client.http.post(f"/designs/{design}/changes", json=body)
    assert answered.status_code == status, answered.text
    if status != 200:
        return dict(answered.json()["error"])
    change_answers.ProposedChange.model_validate(answered.json())
    return dict(answered.json())


def test_a_preview_says_what_it_means_and_stores_nothing(client: Client, design: str) -> None:
    client.http.put(
        f"/designs/{design}/artifacts/erd",
        json={"source": "erDiagram\n    Tool {\n        uuid id PK\n    }\n", "base": 1},
    )
    shown = asked(client, design, words="Rename Tool to Device. Remove the operation deleteDevice.")
    assert shown["number"] is None
    lines = [one["line"] for one in shown["operations"]]
    assert lines[0] == "rename entity Tool → Device"
    preview = shown["preview"]
    assert {(one["kind"], one["how"], one["by_hand"]) for one in preview["artifacts"]} >= {
        ("erd", "outdated", True),
        ("sequence", "removed", False),
    }
    touched = {(one["how"], one["effect"], one["operation"]) for one in preview["api"]}
    assert ("removed", "breaking", "deleteTool") in touched
    assert ("changed", "breaking", "listDevices") in touched
    assert preview["erd"]["marks"]["Device"] == "changed"
    removed = next(one for one in preview["api"] if one["operation"] == "deleteTool")
    assert removed["reasons"] == [{"code": "gone", "values": {}}]
    assert removed["because"] == ["It is gone."]
    assert blueprint_of(client, design).entity("Device") is None
    assert client.http.get(f"/designs/{design}/changes").json() == {"items": []}


def test_a_change_is_applied_listed_and_taken_back(client: Client, design: str) -> None:
    before = blueprint_of(client, design)
    done = asked(client, design, words="add an optional purchase date to Tool", apply=True)
    assert done["number"] == 2
    tool = blueprint_of(client, design).entity("Tool")
    assert tool is not None
    assert ("purchase_date", "date", False) in {(one.name, one.type, one.required) for one in tool.attributes}
    (kept,) = client.http.get(f"/designs/{design}/changes").json()["items"]
    change_answers.ChangeOfDesign.model_validate(kept)
    assert (kept["number"], kept["base"], kept["who"], kept["why"]) == (
        2, 1, "local", "add an optional purchase date to Tool",
    )  # fmt: skip
    undone = client.http.post(f"/designs/{design}/changes/undo").json()
    assert undone["number"] == 3
    assert blueprint_of(client, design) == before
    newest, oldest = client.http.get(f"/designs/{design}/changes").json()["items"]
    assert (newest["undoes"], oldest["undone_by"]) == (2, 3)
    again = client.http.post(f"/designs/{design}/changes/undo")
    assert (again.status_code, again.json()["error"]["code"]) == (404, "change_not_found")
    once_more = client.http.post(f"/designs/{design}/changes/undo", json={"number": 2})
    assert (once_more.status_code, once_more.json()["error"]["code"]) == (409, "change_undone")


def test_some_of_a_change_is_applied(client: Client, design: str) -> None:
    shown = asked(client, design, words="add a rating to Tool; rename Member to Customer")
    places = [at for at, one in enumerate(shown["operations"]) if "rating" in one["line"]]
    asked(client, design, words="add a rating to Tool; rename Member to Customer", only=places, exact=False, apply=True)
    after = blueprint_of(client, design)
    assert after.entity("Member") is not None
    assert "rating" in {one.name for one in after.entity("Tool").attributes}  # type: ignore[union-attr]


def test_edits_restores_and_settled_assumptions_are_changes_too(client: Client, design: str) -> None:
    blueprint = blueprint_of(client, design)
    edited = answering.dump(blueprint.model_copy(update={"requirements": blueprint.requirements[:-1]}))
    last = blueprint.requirements[-1].id
    refused = client.http.put(f"/designs/{design}/artifacts/blueprint", json={"source": edited, "base": 1})
    assert refused.status_code == 422  # something still names it
    raw = json.loads(edited)
    for listed in ("entities", "operations", "scenarios"):
        for one in raw[listed]:
            one["requirements"] = [name for name in one.get("requirements", []) if name != last]
    saved = client.http.put(f"/designs/{design}/artifacts/blueprint", json={"source": json.dumps(raw), "base": 1})
    assert saved.status_code == 200, saved.text
    assert [one.id for one in blueprint_of(client, design).former] == [last]
    client.http.post(f"/designs/{design}/artifacts/blueprint/restore", json={"number": 1})
    assert blueprint_of(client, design) == blueprint
    assumed = blueprint.assumptions[0].id
    client.http.post(f"/designs/{design}/assumptions", json={"confirm": [assumed]})
    items = client.http.get(f"/designs/{design}/changes").json()["items"]
    assert [one["origin"] for one in items] == ["settled", "restored", "edited"]
    for _ in items:
        assert client.http.post(f"/designs/{design}/changes/undo").status_code == 200
    assert blueprint_of(client, design) == blueprint


def test_an_undo_leaves_alone_what_somebody_changed_since(client: Client, design: str) -> None:
    asked(client, design, words="add a rating to Tool; add a note to Member", apply=True)
    change = {"do": "change", "what": "attribute", "id": "Tool.rating", "set": {"type": "decimal"}}
    asked(client, design, operations=[change], apply=True)
    undone = client.http.post(f"/designs/{design}/changes/undo", json={"number": 2}).json()
    assert [one["code"] for one in undone["refused"]] == ["change.moved_on"]
    after = blueprint_of(client, design)
    assert "rating" in {one.name for one in after.entity("Tool").attributes}  # type: ignore[union-attr]
    assert "note" not in {one.name for one in after.entity("Member").attributes}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "change_missing"),
        ({"words": " ?! "}, 422, "change_missing"),
        ({"words": "make it better"}, 422, "needs_model"),
        ({"words": "remove the Unicorn"}, 422, "request_unknown"),
        ({"words": "x" * 20_000}, 413, "too_large"),
        ({"operations": [{"do": "add"}]}, 422, "changes_malformed"),
        ({"operations": [{"do": "remove", "what": "entity", "id": "Nothing"}], "apply": True}, 409, "change_refused"),
        ({"operations": [], "apply": True}, 409, "change_nothing"),
        ({"words": "add a rating to Tool", "only": [99]}, 422, "operation_not_found"),
    ],
)
def test_what_cannot_be_done_changes_nothing_and_says_why(
    client: Client, design: str, body: dict[str, Any], status: int, code: str
) -> None:
    before = blueprint_of(client, design)
    assert asked(client, design, status, **body)["code"] == code
    assert blueprint_of(client, design) == before


def test_nobody_removes_the_last_entity(client: Client, design: str) -> None:
    names = [one.name for one in blueprint_of(client, design).entities]
    shown = asked(client, design, words="; ".join(f"remove entity {name}" for name in names))
    assert "last entity" in shown["refused"][0]["message"]


def test_what_was_edited_by_hand_takes_over_a_change_where_they_do_not_meet(client: Client, design: str) -> None:
    url = f"/designs/{design}/artifacts/erd"
    source = client.http.get(url).json()["revision"]["source"]
    edited = source.replace("erDiagram\n", "erDiagram\n    %% looked at by Kim\n", 1)
    client.http.put(url, json={"source": edited, "base": 1})
    words = "rename Member to Customer; add a rating: integer to Tool"
    how = {one["kind"]: one["how"] for one in asked(client, design, words=words)["preview"]["artifacts"]}
    assert how["erd"] == "merged"
    asked(client, design, words=words, apply=True)
    after = client.http.get(url).json()
    assert "%% looked at by Kim" in after["revision"]["source"]
    assert "Customer" in after["revision"]["source"]
    assert "rating" in after["revision"]["source"]
    assert "Member" not in after["revision"]["source"]
    assert after["stale"] is None


def test_where_an_edit_and_a_change_meet_the_edit_stays_and_both_sides_are_shown(client: Client, design: str) -> None:
    url = f"/designs/{design}/artifacts/erd"
    source = client.http.get(url).json()["revision"]["source"]
    (line,) = (one for one in source.splitlines() if "serial_number" in one)
    edited = source.replace(line, line.replace("serial_number", "serial_code"))
    client.http.put(url, json={"source": edited, "base": 1})
    words = "change the type of Tool.serial_number to integer"
    (erd,) = (one for one in asked(client, design, words=words)["preview"]["artifacts"] if one["kind"] == "erd")
    assert (erd["how"], erd["by_hand"]) == ("outdated", True)
    assert "serial_code" in erd["clashes"][0]["yours"]
    assert "serial_number" in erd["clashes"][0]["theirs"]
    asked(client, design, words=words, apply=True)
    after = client.http.get(url).json()
    assert after["revision"]["source"] == edited
    assert after["stale"] is not None
    conflict = client.http.get(f"{url}/conflict").json()
    change_answers.Conflicting.model_validate(conflict)
    clashes = [one["clash"] for one in conflict["pieces"] if one["clash"]]
    assert [("serial_code" in one["yours"], "serial_number" in one["theirs"]) for one in clashes] == [(True, True)]
    resolved = "".join(one["text"] or one["clash"]["theirs"] for one in conflict["pieces"])
    saved = client.http.put(url, json={"source": resolved, "base": conflict["number"]})
    assert saved.json()["stale"] is None
    gone = client.http.get(f"{url}/conflict")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "no_conflict")


def test_a_preview_shows_stories_and_the_data_model_with_what_comes_and_goes_marked(
    client: Client, design: str
) -> None:
    story = blueprint_of(client, design).scenarios[0]
    step = {"source": "System", "target": "Database", "message": "write it down"}
    operations = [
        {"do": "add", "what": "step", "in": story.id, "at": 1, "value": step},
        {"do": "remove", "what": "step", "id": f"{story.id}.1"},
        {"do": "add", "what": "relation", "value": {"source": "Tool", "target": "Member", "cardinality": "one_to_one"}},
    ]
    preview = asked(client, design, operations=operations)["preview"]
    (drawn,) = preview["stories"]
    assert (drawn["id"], drawn["how"]) == (story.id, "changed")
    marked = [line for line in drawn["source"].splitlines() if "\uff0b" in line or "\uff0d" in line or "\uff5e" in line]
    assert len(marked) == 1
    assert "write it down" in marked[0]
    assert preview["erd"]["marks"]["Tool-Member"] == "added"
    assert preview["erd"]["marks"]["Member.tool_id"] == "added"


def test_another_text_and_an_earlier_revision_are_previewed_and_taken_in_part(client: Client, design: str) -> None:
    drawn = {"source": "erDiagram\n    Tool {\n        uuid id PK\n    }\n", "base": 1}
    client.http.put(f"/designs/{design}/artifacts/erd", json=drawn).raise_for_status()
    before = blueprint_of(client, design)
    raw = json.loads(answering.dump(before))
    raw["summary"] = "Tools for the whole street."
    raw["entities"][0]["attributes"].append({"name": "shade", "type": "string", "required": False})
    text = json.dumps(raw, indent=4)
    shown = asked(client, design, source=text)
    lines = [one["line"] for one in shown["operations"]]
    assert len(lines) == 2
    assert (shown["number"], shown["refused"]) == (None, [])
    touched = {one["kind"]: (one["how"], one["by_hand"]) for one in shown["preview"]["artifacts"]}
    assert touched["erd"] in (("merged", True), ("outdated", True)), "which edits by hand it meets is said"
    assert blueprint_of(client, design) == before

    place = next(at for at, line in enumerate(lines) if "shade" in line)
    assert asked(client, design, source=text, only=[place], apply=True)["number"] == 2
    assert blueprint_of(client, design).summary == before.summary
    restored = asked(client, design, revision=1)
    assert [one["line"] for one in restored["operations"]] == [f"- attribute {raw['entities'][0]['name']}.shade"]
    assert asked(client, design, revision=1, apply=True)["number"] == 3
    assert blueprint_of(client, design) == before
    newest, oldest = client.http.get(f"/designs/{design}/changes").json()["items"]
    assert (newest["origin"], newest["why"], oldest["origin"]) == ("restored", "Revision 1", "edited")

    broken = asked(client, design, status=422, source=json.dumps({**raw, "entities": []}))
    assert broken["code"] == "invalid_blueprint"
    assert asked(client, design, status=404, revision=9)["code"] == "revision_not_found"
    assert asked(client, design, status=422, source=text, revision=1)["code"] == "change_missing"
