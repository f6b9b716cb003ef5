"""A model is connected while the program runs: tried first, default at once, its key never told."""

from __future__ import annotations

from pathlib import Path

import httpx2

from bench.model_server import ModelServer
from tests.flows.people import operate, serving_people, signed_in
from tests.flows.serving import serving

KEY = "sk-canary-3141592653"


def ask(address: str, method: str, path: str, **body: object) -> httpx2.Response:
    return httpx2.request(method, f"{address}/api/v1{path}", json=body or None, timeout=30)


def default(address: str) -> str:
    return str(ask(address, "GET", "/models").json()["default"])


def test_a_model_is_tried_becomes_the_default_and_is_kept_without_its_key_being_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    home = tmp_path / "home"
    with ModelServer() as model:
        wish = {"provider": "openai", "model": "gpt-4o", "url": model.base_url, "key": KEY}
        with serving(home, log=log) as address:
            assert default(address) == "offline"
            tried = ask(address, "PUT", "/models/connection", **wish, remember=True)
            assert tried.status_code == 200, tried.text
            assert tried.json()["model"] == "openai:gpt-4o" == default(address)
            told = ask(address, "GET", "/models/connection")
            assert told.json()["connected"] == {
                "provider": "openai", "model": "gpt-4o", "url": model.base_url, "has_key": True, "remembered": True,
            }  # fmt: skip
            idea = {"title": "Tools", "content": "Members borrow tools."}
            assert ask(address, "POST", "/designs", **idea).json()["model"] == "openai:gpt-4o"
        keys = [file for file in home.iterdir() if file.is_file() and KEY in file.read_text(errors="ignore")]
        assert [file.name for file in keys] == ["connection.key"]
        assert keys[0].stat().st_mode & 0o777 == 0o600
        with serving(home, log=log) as address:
            assert default(address) == "openai:gpt-4o"
            ask(address, "DELETE", "/models/connection")
            assert default(address) == "offline"
            assert not keys[0].exists()
    assert KEY not in tried.text + told.text + log.read_text()


def test_a_key_in_memory_ends_with_the_process_and_a_model_that_does_not_answer_changes_nothing(tmp_path: Path) -> None:
    with ModelServer() as model:
        with serving(tmp_path) as address:
            good = {"provider": "openai", "model": "gpt-4o", "url": model.base_url, "key": KEY}
            assert ask(address, "PUT", "/models/connection", **good).status_code == 200
            model.script([{"fault": "401"}])
            refused = ask(address, "PUT", "/models/connection", **{**good, "model": "gpt-5", "key": "sk-wrong"})
            assert (refused.status_code, refused.json()["error"]["code"]) == (422, "model_auth")
            assert "sk-wrong" not in refused.text
            assert default(address) == "openai:gpt-4o"
            unknown = ask(address, "PUT", "/models/connection", provider="nobody")
            assert unknown.json()["error"]["code"] == "model_not_ready"
        with serving(tmp_path) as address:
            assert default(address) == "offline"


def test_what_the_operator_named_is_the_default_again_after_a_start(tmp_path: Path) -> None:
    with ModelServer() as model:
        with serving(tmp_path, DESIGNCHORD_MODEL="offline") as address:
            wish = {"provider": "openai", "model": "gpt-4o", "url": model.base_url, "key": KEY, "remember": True}
            assert ask(address, "PUT", "/models/connection", **wish).status_code == 200
            assert default(address) == "openai:gpt-4o"
        with serving(tmp_path, DESIGNCHORD_MODEL="offline") as address:
            assert default(address) == "offline"


def test_where_there_are_accounts_only_staff_connect(tmp_path: Path) -> None:
    with serving_people(tmp_path, "sam", "tess") as address:
        operate(tmp_path, "user", "change", "tess", "--staff", DESIGNCHORD_ACCOUNTS="on")
        with signed_in(address, "sam") as sam, signed_in(address, "tess") as tess:
            assert sam.http.get("/models/connection").json()["allowed"] is False
            assert tess.http.get("/models/connection").json()["allowed"] is True
            for method, body in (("PUT", {"provider": "openai", "key": KEY}), ("DELETE", None)):
                refused = sam.http.request(method, "/models/connection", json=body)
                assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_here")
