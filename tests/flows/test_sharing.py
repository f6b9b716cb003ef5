"""Share links: read by whoever has one, until it is withdrawn."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from tests.acceptance.pages.large import blueprint
from tests.flows.serving import Client, serving


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("home")) as address, Client(address) as opened:
        yield opened


def test_a_shared_design_can_be_read_by_its_link_until_it_is_withdrawn(client: Client) -> None:
    design = client.make(title="Tool library", content="Members reserve tools. Staff register tools.")
    shared = client.http.post(f"/designs/{design['id']}/share").json()["path"]
    again = client.http.post(f"/designs/{design['id']}/share").json()["path"]
    root = str(client.http.base_url).split("/api/")[0]

    page = httpx2.get(root + shared)
    told = client.http.get(f"/designs/{design['id']}").json()["shared"]
    client.http.delete(f"/designs/{design['id']}/share")
    gone = httpx2.get(root + shared)
    renewed = client.http.post(f"/designs/{design['id']}/share").json()["path"]

    assert shared == again == told
    assert page.status_code == 200
    assert "Tool library" in page.text
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Content-Security-Policy"].startswith("sandbox")
    assert gone.status_code == 404
    assert renewed != shared


def test_links_that_never_were_tell_nothing(client: Client) -> None:
    root = str(client.http.base_url).split("/api/")[0]
    for token in ("x", "A" * 32, "%00", "None"):
        answer = httpx2.get(f"{root}/share/{token}")
        assert answer.status_code == 404
        assert "design" not in answer.text.lower().replace("designchord", "")


def test_what_is_not_there_is_said_on_a_page_of_ours_in_the_readers_language(client: Client) -> None:
    root = str(client.http.base_url).split("/api/")[0]
    for path, english, korean in (
        ("/share/none", "There is nothing under this link", "이 링크에는 아무것도 없습니다"),
        ("/designs/none", "The address may be mistyped", "주소가 틀렸거나"),
    ):
        for language, words, lead in (("en", english, "To the start page"), ("ko-KR,ko;q=0.9", korean, "처음으로")):
            page = httpx2.get(root + path, headers={"Accept-Language": language})
            assert page.status_code == 404
            assert words in page.text
            assert lead in page.text
            assert f'lang="{language[:2]}"' in page.text
    assert client.http.get("/designs/none").json()["error"]["code"] == "design_not_found"


def test_a_large_design_fits_into_an_issue_of_github(client: Client) -> None:
    design = client.make(title="Hospital", content="Staff keep the records of patients", blueprint=blueprint(60))
    text = client.http.get(f"/designs/{design['id']}/export?format=github").text
    whole = client.http.get(f"/designs/{design['id']}/export?format=md").text
    assert len(text) <= 65_536 < len(whole)
    assert text.count("```mermaid") == 2
    assert text.rstrip().endswith("API.*"), "what is left out is said"
