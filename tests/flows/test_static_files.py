"""Scripts, styles and pictures of the pages, as browsers ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest

from tests.flows.serving import serving

SCRIPT = "/static/js/api.js"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    with serving(tmp_path_factory.mktemp("home")) as address, httpx2.Client(base_url=address) as client:
        yield client


def test_a_script_comes_whole_with_its_type_and_under_the_policy(browser: httpx2.Client) -> None:
    answer = browser.get(SCRIPT)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    plain = browser.get(SCRIPT, headers={"Accept-Encoding": "identity"})
    assert int(plain.headers["Content-Length"]) == len(answer.content) > 100
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_what_has_not_changed_is_not_sent_again(browser: httpx2.Client) -> None:
    first = browser.get(SCRIPT)
    again = browser.get(SCRIPT, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_head_of_a_file_is_what_comes_before_it(browser: httpx2.Client) -> None:
    whole, head = browser.get(SCRIPT), browser.head(SCRIPT)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


def test_a_part_of_a_file_can_be_asked_for(browser: httpx2.Client) -> None:
    answer = browser.get(SCRIPT, headers={"Range": "bytes=2-11"})
    assert (answer.status_code, answer.content) == (206, browser.get(SCRIPT).content[2:12])


@pytest.mark.parametrize("path", ["/static/", "/static/js/", "/static/js/none.js", "/static/../settings.py"])
def test_there_is_nothing_but_the_files(browser: httpx2.Client, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_a_file_is_only_read(browser: httpx2.Client) -> None:
    assert browser.post(SCRIPT, headers={"Content-Type": "application/json"}).status_code == 405


def test_what_a_page_names_is_kept_for_good_and_comes_compressed(browser: httpx2.Client) -> None:
    page = browser.get("/").text
    paths = re.findall(r'(?:src|href)="(/static/[0-9a-f]{12}/[^"]+)"', page)
    assert len(paths) > 10
    assert 'href="/static/css' not in page
    for path in paths:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["Cache-Control"]
    script = next(path for path in paths if path.endswith("/js/api.js"))
    assert browser.get(script).headers["Content-Encoding"] == "gzip"
    assert browser.get(script).content == browser.get(SCRIPT, headers={"Accept-Encoding": "identity"}).content
    assert "immutable" not in browser.get(SCRIPT).headers.get("Cache-Control", "")


def test_the_library_that_draws_is_a_third_of_its_size_on_the_way(browser: httpx2.Client) -> None:
    frame = browser.get("/frames/diagram/").text
    paths = [path for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', frame) if "mermaid" in path]
    sizes = [(int(browser.get(path).headers["Content-Length"]), len(browser.get(path).content)) for path in paths]
    assert sum(sent for sent, _ in sizes) < 0.4 * sum(whole for _, whole in sizes)
