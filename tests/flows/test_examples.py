"""The worked examples are finished designs that anybody may hold against their ideas."""

from __future__ import annotations

from typing import Any

import pytest

from designchord.blueprint import answering
from designchord.blueprint.model import Brief
from designchord.blueprint.requirements import read_requirements
from tests.flows.serving import Client, serving

EXAMPLES = {
    "en-1-makerspace": "Member MachineCategory Machine Certification Booking FaultReport Invoice InvoiceLine",
    "en-2-food-rescue": "Shop Volunteer Availability Shelter Allergen OfferAllergen ExcludedAllergen Offer Trip",
    "en-3-choir-library": "Member Work Copy Concert ProgrammeItem Participation Loan",
    "ko-1-tool-library": "Member Category Tool Reservation Loan LateFee Notice",
    "ko-2-clinic-booking": "Guardian Pet Clinic Vet WorkingHours Appointment MedicalRecord Prescription",
    "ko-3-campus-market": "Student Category Listing Photo Favorite Conversation Message Review Report",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with serving(tmp_path_factory.mktemp("examples")) as address, Client(address) as client:
        yield client


def test_every_example_has_a_finished_design(client: Client) -> None:
    assert [item["id"] for item in client.http.get("/examples").json()["items"]] == list(EXAMPLES)
    assert client.http.get("/examples/none").status_code == 404
    assert client.http.get("/examples/..%2Fcatalogue").status_code == 404


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_keeps_the_words_of_its_idea_and_everything_in_it_agrees(client: Client, name: str) -> None:
    example = client.http.get(f"/examples/{name}").json()
    brief = Brief(*(example[field] for field in ("title", "content", "requirements", "language")))
    blueprint, problems = answering.check(example["blueprint"])
    assert blueprint is not None
    assert problems == ()
    assert [entity.name for entity in blueprint.entities] == EXAMPLES[name].split()
    asked = read_requirements(brief)
    assert [(entry.id, entry.text) for entry in blueprint.requirements] == [(entry.id, entry.text) for entry in asked]
    assert len(asked) >= 9

    fields = ("title", "content", "requirements", "language", "blueprint")
    made = client.http.post("/designs", json={**{field: example[field] for field in fields}, "model": "offline"})
    design = client.finished(made.json()["id"])
    assert design["state"] == "done"
    findings = [problem for artifact in design["artifacts"] for problem in artifact["revision"]["problems"]]
    worse = [problem for problem in findings + design["report"]["problems"] if problem["severity"] != "info"]
    assert worse == []
    named = {ref for operation in blueprint.operations for ref in operation.requirements}
    named |= {ref for scenario in blueprint.scenarios for ref in scenario.requirements}
    assert {entry.id for entry in asked if entry.kind == "functional"} <= named


def test_any_text_is_taken_apart_as_files_are(client: Client) -> None:
    text = "# Tool library\n\nNeighbours lend tools.\n\n## Requirements\n\n- Members borrow tools\n- It is fast\n"
    idea = client.http.post("/ideas", json={"text": text}).json()
    assert (idea["title"], idea["content"], idea["language"]) == ("Tool library", "Neighbours lend tools.", "en")
    assert [(entry["id"], entry["text"]) for entry in idea["recognised"]] == [
        ("R1", "Members borrow tools"),
        ("R2", "It is fast"),
    ]
    assert client.http.post("/ideas", json={"text": "x" * 300_000}).status_code in {413, 422}
    assert client.http.post("/ideas", json={"text": ""}).json()["recognised"] == []
