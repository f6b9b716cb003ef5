"""Stories: one thing of a finished design is changed, and nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.pages.visiting import BRIEF, Visit
from tests.acceptance.processes import Server
from tests.servers import wait_until

pytestmark = pytest.mark.browser


def source_of(server: Server, design_id: str, kind: str) -> str:
    return str(server.call("GET", f"/designs/{design_id}/artifacts/{kind}")[1]["revision"]["source"])


def test_an_error_is_marked_while_typing_and_gone_when_it_is_fixed(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    source = source_of(server, design_id, "erd")
    person = visit()
    person.open(design_id, "erd")
    person.page.get_by_role("button", name="Edit").click()

    person.write_source(f"{source.rstrip()}\n  Member ||--o{{ : nothing\n")
    expect(person.page.locator(".check-state")).to_have_text("Errors: 1")
    expect(person.page.locator(".problem[data-severity=error]")).to_contain_text("line")
    expect(person.page.locator(".cm-lint-marker-error")).to_be_visible()
    person.expect_picture(person.page.locator(".stage-picture svg"))  # the last good one stays
    expect(person.page.locator(".stage-note")).to_be_visible()

    person.write_source(f"{source.rstrip()}\n  Drawer {{\n    uuid id PK\n  }}\n")
    expect(person.page.locator(".check-state")).not_to_have_attribute("data-errors", "true")
    person.page.get_by_role("button", name="Save").click()

    expect(person.page.locator(".provenance [data-origin]").first).to_have_attribute("data-origin", "edited")
    assert "Drawer" in source_of(server, design_id, "erd")
    person.expect_nothing_bad()


def test_what_was_typed_survives_a_reload(visit: Callable[..., Visit], new_design: Callable[..., str]) -> None:
    person = visit()
    person.open(new_design(), "document")
    person.page.get_by_role("button", name="Edit").click()
    person.write_source("# Half a thought")
    person.page.reload()
    expect(person.source()).to_have_text("# Half a thought")


def test_when_two_people_edit_both_texts_are_kept(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    source = source_of(server, design_id, "document")
    person = visit()
    person.open(design_id, "document")
    person.page.get_by_role("button", name="Edit").click()
    person.write_source(f"{source}\nMine.\n")

    status, _ = server.call(
        "PUT", f"/designs/{design_id}/artifacts/document", {"source": f"{source}\nTheirs.\n", "base": 1}
    )
    assert status == 200
    conflict = person.page.get_by_role("region", name="Another version was saved in the meantime")
    expect(conflict).to_be_visible()
    conflict.get_by_text("Compare the two").click()
    expect(conflict.locator("tr.removed")).to_contain_text("Theirs.")
    expect(conflict.locator("tr.added")).to_contain_text("Mine.")
    conflict.get_by_role("button", name="Go on with mine").click()
    person.page.get_by_role("button", name="Save").click()

    expect(person.source()).to_have_count(0)
    assert "Mine." in source_of(server, design_id, "document")
    _, history = server.call("GET", f"/designs/{design_id}/artifacts/document/revisions")
    assert [revision["number"] for revision in history["items"]] == [3, 2, 1]


def test_history_shows_what_changed_and_leads_back(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    source = source_of(server, design_id, "erd")
    changed = f"{source.rstrip()}\n  Drawer {{\n    uuid id PK\n  }}\n"
    server.call("PUT", f"/designs/{design_id}/artifacts/erd", {"source": changed, "base": 1})
    person = visit()
    person.open(design_id, "erd")
    person.page.get_by_role("button", name="History").click()
    expect(person.page.locator("tr.added").first).to_contain_text("Drawer")

    person.page.get_by_role("button", name=re.compile("Version 1")).click()
    person.page.get_by_role("button", name="Restore version 1").click()

    expect(person.page.locator(".provenance [data-origin]").first).to_have_attribute("data-origin", "restored")
    assert source_of(server, design_id, "erd") == source
    person.expect_nothing_bad()


def test_one_artifact_is_made_again_as_somebody_wishes(
    visit: Callable[..., Visit], new_design: Callable[..., str], model_says: Callable[..., None]
) -> None:
    design_id = new_design(model="openai:gpt-4o")
    model_says({"fault": "answer", "text": "shorter", "answer": "# Short\n\n## Purpose\n\nA short document.\n"})
    person = visit()
    person.open(design_id, "document")
    person.page.get_by_role("button", name="Regenerate").click()
    person.page.get_by_label("What should be different?").fill("Make it shorter, please.")
    person.page.locator("form.again").get_by_role("button", name="Regenerate").click()

    origin = person.page.locator(".provenance [data-origin]").first
    expect(origin).to_have_attribute("data-origin", "regenerated")
    expect(person.page.get_by_text("Nothing to do")).to_have_count(0)
    person.page.get_by_role("button", name="Regenerate").click()
    person.page.get_by_label("What should be different?").fill("Make it shorter, please.")
    person.page.locator("form.again").get_by_role("button", name="Regenerate").click()
    expect(person.page.get_by_text("Nothing to do: the same came of it again")).to_be_visible()
    person.page.get_by_role("button", name="History").click()
    expect(person.page.locator(".revision")).to_have_count(3)
    person.expect_nothing_bad()


def test_a_part_that_failed_is_retried_alone(
    visit: Callable[..., Visit], server: Server, model_says: Callable[..., None]
) -> None:
    model_says({"fault": "401", "kind": "erd"})
    design_id = server.submit(**BRIEF)
    snapshot = server.wait_until_ended(design_id)
    model_says()
    assert snapshot["state"] == "partial"
    person = visit()
    person.open(design_id, "erd")
    expect(person.page.locator(".design-head .notice").get_by_role("button", name="Connect a model")).to_be_visible()
    person.page.get_by_role("button", name="Retry", exact=True).click()
    person.expect_state("done")
    person.expect_picture(person.page.locator(".stage-picture svg"))


def test_a_changed_blueprint_makes_parts_stale_and_one_action_refreshes_them(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design(model="openai:gpt-4o")
    blueprint = json.loads(source_of(server, design_id, "blueprint"))
    blueprint["summary"] = "Tools for the whole street."
    person = visit()
    person.open(design_id, "blueprint")
    person.page.get_by_role("button", name="Edit").click()
    person.page.get_by_role("button", name="JSON").click()
    person.write_source(json.dumps(blueprint, indent=2))
    expect(person.page.locator(".check-state")).not_to_have_attribute("data-errors", "true")
    person.page.get_by_role("button", name="Save").click()
    person.page.get_by_role("dialog").get_by_role("button", name="Do this one").click()

    person.page.get_by_role("link", name=re.compile("^Document")).click()
    expect(person.page.get_by_text("The blueprint was changed after this was made.")).to_be_visible()
    person.page.get_by_role("button", name=re.compile(r"Bring \d+ up to date")).click()

    expect(person.page.get_by_text("This is out of date")).to_have_count(0)

    def fresh() -> bool:
        _, snapshot = server.call("GET", f"/designs/{design_id}")
        return snapshot["state"] == "done" and all(artifact["stale"] is None for artifact in snapshot["artifacts"])

    wait_until(fresh, 30, "everything being up to date")


def test_what_is_out_of_date_names_the_things_that_changed(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design(model="openai:gpt-4o")
    blueprint = json.loads(source_of(server, design_id, "blueprint"))
    entity = blueprint["entities"][0]
    entity["attributes"].append({"name": "shade", "type": "string"})
    status, _ = server.call(
        "PUT", f"/designs/{design_id}/artifacts/blueprint", {"source": json.dumps(blueprint), "base": 1}
    )
    assert status == 200
    person = visit()
    person.open(design_id, "erd")

    expect(person.page.locator(".stale-changes")).to_have_text(f"entity {entity['name']}")
    person.expect_nothing_bad()
