"""Share links: read by whoever has one, until it is withdrawn."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

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
