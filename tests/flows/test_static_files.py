"""Scripts, styles and pictures of the pages, as browsers ask for them."""

from __future__ import annotations

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
    assert int(answer.headers["Content-Length"]) == len(answer.content) > 100
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
