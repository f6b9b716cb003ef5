"""Files of a system that is there become a design over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.flows.serving import Client, serving

SCHEMA = """
CREATE TABLE members (id uuid PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE loans (id uuid PRIMARY KEY, member_id uuid NOT NULL REFERENCES members (id), due_on date);
"""
API = """
openapi: 3.1.0
info: {title: Lending, version: "1"}
paths:
  /loans:
    get:
      operationId: listLoans
      responses:
        "200":
          description: OK
          content: {application/json: {schema: {type: array, items: {$ref: "schemas/loan.yaml"}}}}
"""
LOAN = "type: object\nproperties:\n  id: {type: string, format: uuid}\n  due_on: {type: string, format: date}\n"

FILES = [
    {"name": "db/schema.sql", "text": SCHEMA},
    {"name": "api/openapi.yaml", "text": API},
    {"name": "api/schemas/loan.yaml", "text": LOAN},
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("home")) as address, Client(address) as opened:
        yield opened


def preview(client: Client, *files: dict[str, str], **more: Any) -> Any:
    return client.http.post("/imports/preview", json={"files": files, **more})


def test_what_would_be_imported_is_told_and_nothing_is_stored(client: Client) -> None:
    told = preview(client, *FILES).json()
    assert (told["title"], told["entities"], told["operations"]) == ("Lending", 2, 1)
    assert [one["name"] for one in told["read"]] == ["api/openapi.yaml", "db/schema.sql"]
    assert told["not_understood"] == []
    assert client.http.get("/designs").json()["items"] == []


def test_an_imported_design_is_like_any_other(client: Client) -> None:
    response = client.http.post("/imports", json={"files": FILES, "language": "ko", "title": "대여"})
    assert response.status_code == 202, response.text
    snapshot = client.finished(response.json()["id"])
    assert (snapshot["state"], snapshot["title"], snapshot["language"]) == ("done", "대여", "ko")
    erd = client.http.get(f"/designs/{snapshot['id']}/artifacts/erd").json()["revision"]["source"]
    assert "Member ||--o{ Loan" in erd


def test_requirements_that_come_along_are_those_of_the_design(client: Client) -> None:
    idea = {"title": "Lending", "content": "Members borrow.", "requirements": "- A member sees what is due."}
    snapshot = client.finished(client.http.post("/imports", json={"files": FILES, **idea}).json()["id"])
    assert [row["text"] for row in snapshot["report"]["matrix"]["rows"]] == ["A member sees what is due."]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], "invalid_field"),
        ([{"name": "notes.txt", "text": "nothing of ours"}], "nothing_read"),
        ([{"name": "a.yaml", "text": "openapi: 3.1.0\npaths: ["}], "nothing_read"),
        ([{"name": "a.sql", "text": "SELECT 1; \0"}], "not_text"),
    ],
)
def test_files_that_say_nothing_are_refused_with_a_sentence(client: Client, files: Any, code: str) -> None:
    response = preview(client, *files)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == code


@pytest.mark.parametrize("reference", ["../../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/x.yaml"])
def test_references_reach_only_what_came_along(client: Client, reference: str) -> None:
    files = [{**FILES[0]}, {"name": "api/openapi.yaml", "text": API.replace("schemas/loan.yaml", reference)}]
    told = preview(client, *files).json()
    assert told["operations"] == 1
    assert [one["file"] for one in told["not_understood"]] == ["api/openapi.yaml"]
