"""Designs are renamed, found after they were deleted, and taken along where only so much text is taken."""

from __future__ import annotations

from pathlib import Path

import requests

from tests.acceptance.pages.large import blueprint
from tests.flows.serving import Client, serving


def test_a_design_is_renamed_and_whoever_watches_is_told(tmp_path: Path) -> None:
    with serving(tmp_path) as address, Client(address) as client:
        design = client.make(title="Tools", content="Members borrow tools.", model="offline")
        path = f"/designs/{design['id']}"
        renamed = client.http.patch(path, json={"title": "  Tool \n library "})
        assert renamed.json()["title"] == "Tool library"
        assert renamed.json()["last_event_id"] == design["last_event_id"] + 1
        assert client.http.patch(path, json={"title": " "}).json()["error"]["code"] == "title_missing"
        assert client.http.patch(path, json={"title": "x" * 201}).status_code in {413, 422}
        again = client.http.patch(path, json={"title": "Tool library"})
        assert again.json()["last_event_id"] == renamed.json()["last_event_id"]
        typed = requests.get(f"{address}{path}", timeout=10)
        assert (typed.status_code, typed.url) == (200, f"{address}{path}/"), "an address without its last stroke"


def test_what_was_deleted_is_listed_until_it_is_taken_back(tmp_path: Path) -> None:
    with serving(tmp_path) as address, Client(address) as client:
        design = client.make(title="Tools", content="Members borrow tools.", model="offline")
        client.http.delete(f"/designs/{design['id']}")
        assert client.http.get("/designs").json()["items"] == []
        (found,) = client.http.get("/designs?deleted=true").json()["items"]
        assert found["id"] == design["id"]
        client.http.post(f"/designs/{design['id']}/undelete")
        assert client.http.get("/designs?deleted=true").json()["items"] == []
        assert len(client.http.get("/designs").json()["items"]) == 1


def test_a_copy_for_github_fits_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    with serving(tmp_path) as address, Client(address) as client:
        idea = {"title": "Hospital", "content": "Staff keep records.", "model": "offline", "language": "en"}
        large = client.make(**idea, blueprint=blueprint(60))
        small = client.make(**{**idea, "title": "Tools", "content": "Members borrow tools."})
        whole = client.http.get(f"/designs/{large['id']}/export?format=md").text
        copy = client.http.get(f"/designs/{large['id']}/export?format=github").text
        little = client.http.get(f"/designs/{small['id']}/export?format=md").text
        assert len(whole) > 65_536
        assert len(copy) <= 65_536
        assert "Left out because the text would be too long here" in copy.splitlines()[-1]
        assert "```mermaid" in copy
        assert "openapi: 3.1" not in copy
        assert client.http.get(f"/designs/{small['id']}/export?format=github").text == little
