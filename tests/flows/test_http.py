"""The HTTP API as a client meets it: a real server, real requests."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from designchord.api import answers
from designchord.kinds.registry import KINDS, shown
from designchord.notation.openapi.checking import check
from tests.flows.serving import Client, serving


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("home")) as address, Client(address) as opened:
        yield opened


@pytest.fixture(scope="module")
def design(client: Client) -> dict[str, Any]:
    """A finished design that tests read and leave as it is."""
    return client.make(title="공구 도서관", content="회원은 공구를 예약한다. 관리자는 공구를 등록한다.")


def error_of(response: httpx2.Response) -> dict[str, Any]:
    """The error of a failed answer, after a look at its shape."""
    failed = answers.Failed.model_validate(response.json())
    assert failed.error.code
    assert failed.error.message
    assert failed.error.request_id == response.headers["X-Request-ID"]
    return failed.error.model_dump()


def test_an_accepted_design_is_finished_and_has_the_documented_shape(design: dict[str, Any]) -> None:
    snapshot = answers.Snapshot.model_validate(design)
    assert snapshot.state == "done"
    assert snapshot.language == "ko"
    assert {artifact.kind for artifact in snapshot.artifacts} == {"blueprint", *KINDS}
    assert snapshot.report is not None
    assert snapshot.report["counts"]["error"] == 0


def test_a_listed_design_has_the_documented_shape(client: Client, design: dict[str, Any]) -> None:
    listed = answers.Designs.model_validate(client.http.get("/designs", params={"q": "공구"}).json())
    assert design["id"] in {item.id for item in listed.items}
    none = answers.Designs.model_validate(client.http.get("/designs", params={"q": "nothing like it"}).json())
    assert none.items == []


def test_pages_of_a_list_follow_each_other_without_gap(client: Client) -> None:
    made = {client.start(title=f"Paged {number}") for number in range(3)}
    found: list[str] = []
    cursor = ""
    while True:
        page = client.http.get("/designs", params={"q": "Paged", "limit": 2, "cursor": cursor}).json()
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert len(found) == 3
    assert set(found) == made


def test_the_same_key_makes_one_design(client: Client) -> None:
    body = {"title": "Twice", "content": "Members borrow books."}
    first, second = (client.http.post("/designs", json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    assert first.headers["Location"] == f"/api/v1/designs/{first.json()['id']}"
    other = client.http.post("/designs", json={**body, "title": "Other"}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 409
    assert error_of(other)["code"] == "idempotency_conflict"


def test_an_edit_makes_a_revision_and_an_old_base_is_a_conflict(client: Client) -> None:
    design_id = client.make()["id"]
    url = f"/designs/{design_id}/artifacts/erd"
    before = answers.ArtifactWithHtml.model_validate(client.http.get(url).json())
    edited = client.http.put(url, json={"source": "erDiagram\n    Book {\n        uuid id PK\n    }\n", "base": 1})
    assert edited.status_code == 200, edited.text
    assert answers.Artifact.model_validate(edited.json()).revision.origin == "edited"
    late = client.http.put(url, json={"source": "erDiagram\n    Other {\n        uuid id\n    }\n", "base": 1})
    assert late.status_code == 409
    assert error_of(late)["code"] == "conflict"
    history = answers.Revisions.model_validate(client.http.get(f"{url}/revisions").json())
    assert [item.number for item in history.items] == [2, 1]
    first = answers.Revision.model_validate(client.http.get(f"{url}/revisions/1").json())
    assert first.source == before.revision.source
    restored = client.http.post(f"{url}/restore", json={"number": 1})
    assert restored.json()["revision"]["source"] == before.revision.source
    assert restored.json()["revision"]["origin"] == "restored"


def test_an_artifact_can_be_made_again(client: Client) -> None:
    design_id = client.make()["id"]
    again = client.http.post(f"/designs/{design_id}/artifacts/erd/regenerate", json={})
    assert again.status_code == 202, again.text
    snapshot = client.finished(design_id)
    erd = next(artifact for artifact in snapshot["artifacts"] if artifact["kind"] == "erd")
    assert erd["revision"]["number"] == 1
    (step,) = (step for step in snapshot["steps"] if step["kind"] == "erd")
    assert (step["run"], step["unchanged"]) == (1, True), "rules make the same again"
    wish = client.http.post(f"/designs/{design_id}/artifacts/erd/regenerate", json={"feedback": "more tables"})
    assert wish.status_code == 409
    assert error_of(wish)["code"] == "offline_feedback"


def test_a_part_has_its_own_address(client: Client, design: dict[str, Any]) -> None:
    part = next(artifact for artifact in design["artifacts"] if artifact["kind"] == "sequence")
    url = f"/designs/{design['id']}/artifacts/sequence/{part['part']}"
    assert client.http.get(url).json()["revision"]["source"] == part["revision"]["source"]
    assert client.http.get(f"{url}/revisions").json()["items"][0]["number"] == 1


def test_a_document_comes_with_safe_html(client: Client, design: dict[str, Any]) -> None:
    document = client.http.get(f"/designs/{design['id']}/artifacts/document").json()
    assert "<h1" in document["html"]
    assert "<script" not in document["html"]


def test_a_diagram_is_drawn_and_may_run_nothing(client: Client, design: dict[str, Any]) -> None:
    picture = client.http.get(f"/designs/{design['id']}/artifacts/erd/svg")
    assert picture.status_code == 200, picture.text
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    refused = client.http.get(f"/designs/{design['id']}/artifacts/document/svg")
    assert error_of(refused)["code"] == "not_a_diagram"


def test_a_deleted_design_is_gone_until_it_is_taken_back(client: Client) -> None:
    design_id = client.make()["id"]
    assert client.http.delete(f"/designs/{design_id}").status_code == 204
    assert client.http.get(f"/designs/{design_id}").status_code == 404
    assert client.http.post(f"/designs/{design_id}/undelete").status_code == 200
    assert client.http.get(f"/designs/{design_id}").status_code == 200


def test_cancelling_what_has_ended_changes_nothing_and_there_is_nothing_to_retry(
    client: Client, design: dict[str, Any]
) -> None:
    assert client.http.post(f"/designs/{design['id']}/cancel").json()["state"] == "done"
    assert error_of(client.http.post(f"/designs/{design['id']}/retry"))["code"] == "nothing_to_retry"


def test_a_design_is_taken_away_in_three_forms(client: Client, design: dict[str, Any]) -> None:
    url = f"/designs/{design['id']}/export"
    packed = client.http.get(url)
    assert "filename*=UTF-8''%EA%B3%B5" in packed.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        names = archive.namelist()
        assert archive.read("공구-도서관/svg/erd.svg").startswith(b"<svg")
        assert all(name.startswith("공구-도서관/") and ".." not in name for name in names)
        assert json.loads(archive.read("공구-도서관/openapi.json"))["openapi"].startswith("3.1")
    page = client.http.get(url, params={"format": "html"})
    assert page.text.startswith("<!doctype html>")
    assert '<svg id="picture-' in page.text
    assert "attachment" in page.headers["Content-Disposition"]
    shown = client.http.get(url, params={"format": "html", "shown": True})
    assert shown.text == page.text
    assert "Content-Disposition" not in shown.headers
    assert shown.headers["Content-Security-Policy"].startswith("sandbox allow-scripts allow-modals;")
    document = client.http.get(url, params={"format": "md"})
    assert "```mermaid\nerDiagram" in document.text
    assert error_of(client.http.get(url, params={"format": "exe"}))["code"] == "invalid_field"


def test_a_source_can_be_checked_without_storing_it(client: Client) -> None:
    found = client.http.post("/check", json={"kind": "erd", "source": "erDiagram\n  Book {\n    string\n  }\n"})
    problems = answers.Problems.model_validate(found.json()).problems
    assert any(problem.severity == "error" and problem.line for problem in problems)
    assert error_of(client.http.post("/check", json={"kind": "poem", "source": "x"}))["code"] == "unknown_kind"


def test_models_and_examples_are_listed(client: Client) -> None:
    assert answers.Models.model_validate(client.http.get("/models").json()).default == "offline"
    examples = answers.Examples.model_validate(client.http.get("/examples").json()).items
    assert sorted(example.language for example in examples) == ["en"] * 3 + ["ko"] * 3
    assert all(example.title and example.content and example.requirements for example in examples)


def test_the_description_is_a_valid_openapi_document(client: Client) -> None:
    text = client.http.get("/openapi.json").text
    assert [problem for problem in check(text).problems if problem.severity == "error"] == []
    page = client.http.get("/docs")
    assert "startDesign" in page.text
    assert "<script" not in page.text


def test_health_is_told_at_the_root(client: Client) -> None:
    assert httpx2.get(f"{client.address}/healthz").json()["status"] == "up"
    ready = httpx2.get(f"{client.address}/readyz")
    assert ready.status_code == 200
    assert ready.json()["checks"]["database"] is True


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"title": ', 400, "malformed_json"),
        (b'{"title": "a", "title": "b", "content": "c"}', 400, "malformed_json"),
        (b'{"title": "a", "content": NaN}', 400, "malformed_json"),
        (b"[" * 100_000, 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b"[]", 422, "invalid_field"),
        (b"null", 422, "invalid_field"),
        (b'{"title": "a"}', 422, "missing_field"),
        (b'{"title": 7, "content": "c"}', 422, "invalid_field"),
        (b'{"title": "a", "content": "books", "colour": "red"}', 422, "unknown_field"),
        (b'{"title": "", "content": "books"}', 422, "title_missing"),
        (b'{"title": "a", "content": " "}', 422, "content_missing"),
        (b'{"title": "a", "content": "b\\u0000c"}', 422, "not_text"),
        (b'{"title": "a", "content": "b\\ud800c"}', 422, "not_text"),
        (b'{"title": "a", "content": "books", "language": "xx"}', 422, "unknown_language"),
        (b'{"title": "a", "content": "books", "kinds": ["poem"]}', 422, "unknown_kind"),
        (b'{"title": "a", "content": "books", "model": "nobody:x"}', 422, "model_not_ready"),
        (b'{"title": "%s", "content": "books"}' % (b"a" * 201), 413, "too_large"),
        (b'{"title": "a", "content": "%s"}' % (b"a" * 100_001), 413, "too_large"),
        (b'{"title": "a", "content": "%s"}' % (b"a" * 1_100_000), 413, "too_large"),
    ],
)
def test_bad_bodies_are_refused_with_a_code(client: Client, body: bytes, status: int, code: str) -> None:
    response = client.http.post("/designs", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, error_of(response)["code"]) == (status, code)


def test_a_body_without_a_length_is_cut_off_at_the_limit(client: Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(200):
            yield b"a" * 10_000

    response = client.http.post("/designs", content=pieces(), headers={"Content-Type": "application/json"})
    assert (response.status_code, error_of(response)["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("PATCH", "/designs", 405, "method_not_allowed"),
        ("GET", "/designs/7", 404, "design_not_found"),
        ("GET", "/designs/%00", 404, "not_found"),
        ("GET", "/designs/00000000-0000-4000-8000-000000000000", 404, "design_not_found"),
        ("GET", "/designs/00000000-0000-4000-8000-000000000000/events", 404, "design_not_found"),
        ("DELETE", "/designs/00000000-0000-4000-8000-000000000000", 404, "design_not_found"),
        ("GET", "/designs?limit=0", 422, "invalid_field"),
        ("GET", "/designs?state=happy", 422, "unknown_state"),
        ("GET", "/designs?cursor=x", 404, "design_not_found"),
        ("GET", "/designs?q=%00", 422, "not_text"),
    ],
)
def test_requests_that_lead_nowhere_have_the_one_shape(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    response = client.http.request(method, path)
    assert (response.status_code, error_of(response)["code"]) == (status, code)


@pytest.mark.parametrize(
    "tail", ["artifacts/poem", "artifacts/sequence/none", "artifacts/erd/revisions/9", "artifacts/erd/x"]
)
def test_artifacts_that_are_not_there_are_missing(client: Client, design: dict[str, Any], tail: str) -> None:
    response = client.http.get(f"/designs/{design['id']}/{tail}")
    assert response.status_code == 404
    assert error_of(response)["code"] in {"artifact_not_found", "revision_not_found"}


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Origin": "http://evil.example"}, 403, "foreign_origin"),
        ({"Origin": "null"}, 403, "foreign_origin"),
        ({"Sec-Fetch-Site": "cross-site"}, 403, "foreign_origin"),
        ({"Host": "evil.example"}, 421, "wrong_host"),
        ({"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"),
    ],
)
def test_pages_of_other_sites_can_change_nothing(
    client: Client, headers: dict[str, str], status: int, code: str
) -> None:
    before = client.http.get("/designs").json()
    body = json.dumps({"title": "a", "content": "books"}).encode()
    response = client.http.post("/designs", content=body, headers={"Content-Type": "application/json"} | headers)
    assert (response.status_code, error_of(response)["code"]) == (status, code)
    assert client.http.get("/designs").json() == before


def test_another_host_name_reads_nothing(client: Client) -> None:
    response = client.http.get("/designs", headers={"Host": "evil.example"})
    assert (response.status_code, error_of(response)["code"]) == (421, "wrong_host")


def test_the_own_origin_may_change_things(client: Client) -> None:
    body = {"title": "Own", "content": "Members borrow books."}
    headers = {"Origin": client.address, "Sec-Fetch-Site": "same-origin"}
    assert client.http.post("/designs", json=body, headers=headers).status_code == 202


def test_a_request_keeps_the_id_that_it_came_with(client: Client) -> None:
    response = client.http.get("/nothing", headers={"X-Request-ID": "trace-0123456789"})
    assert error_of(response)["request_id"] == "trace-0123456789"
    forged = client.http.get("/nothing", headers={"X-Request-ID": "<script>"})
    assert "<" not in error_of(forged)["request_id"]


def test_an_estimate_and_a_design_take_the_same_language_for_that_of_the_text(client: Client) -> None:
    idea = {
        "title": "図書館",
        "content": "Members borrow books.",
        "requirements": "- 会員は本を借りる。\n- 職員は本を登録する。",
    }
    estimate = client.http.post("/estimate", json=idea).json()
    assert estimate["language"] == client.make(**idea)["language"] == "ja"


def test_a_client_learns_which_kinds_there_are_and_how_long_texts_may_be(client: Client) -> None:
    told = client.http.get("/kinds")
    assert (
        told.headers["Cache-Control"] == client.http.get("/limits").headers["Cache-Control"] == "private, max-age=300"
    )
    kinds = told.json()["items"]
    answers.Kinds.model_validate({"items": kinds})
    assert [kind["name"] for kind in kinds] == [about.name for about in shown()]
    assert all({"en", "ko"} <= set(kind["labels"]) for kind in kinds)
    limits = client.http.get("/limits").json()
    assert client.http.post("/designs", json={"title": "x" * (limits["title"] + 1), "content": "x"}).status_code == 413


def test_an_artifact_comes_as_html_where_it_can_be_read_so(client: Client) -> None:
    design = client.make()
    where = f"/designs/{design['id']}/artifacts"
    assert "<h1" in client.http.get(f"{where}/document").json()["html"]
    assert 'class="operation"' in client.http.get(f"{where}/api?format=html").json()["html"]
    assert client.http.get(f"{where}/api").json().get("html") is None
    assert client.http.get(f"{where}/erd?format=html").json()["html"] is None
