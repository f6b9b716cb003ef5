"""Words for a change that a model takes its time to read: a piece of work of its own, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.model_server import ModelServer
from designchord.api import answers as shapes
from designchord.api import change_answers
from tests.flows.people import bearing, serving_people, signed_in
from tests.flows.serving import Client, serving
from tests.servers import wait_until

WISH = "Let friends look after it while somebody is away"
MODEL = {"OPENAI_API_KEY": "sk-x", "DESIGNCHORD_MODEL": "openai:test", "DESIGNCHORD_EFFORT": "quick"}
HANG = {"fault": "hang", "text": "Change this design as the request asks"}


def answer(change: dict[str, Any]) -> dict[str, Any]:
    return HANG | {"fault": "answer", "answer": json.dumps(change)}


RATING = answer({"attributes": {"Book": ["rating: integer? | Rating"], "Member": ["nickname: string? | Nickname"]}})


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def client(model: ModelServer, tmp_path: Path) -> Iterator[Client]:
    with serving(tmp_path / "home", OPENAI_BASE_URL=model.base_url, **MODEL) as address, Client(address) as opened:
        yield opened


def ask(client: Client, design: str, words: str = WISH, status: int = 202) -> str:
    told = client.http.post(f"/designs/{design}/changes", json={"words": words})
    assert told.status_code == status, told.text
    change_answers.ChangeRequest.model_validate(told.json())
    assert told.headers["Location"] == f"/api/v1/designs/{design}/requests/{told.json()['id']}"
    return str(told.json()["id"])


def look(client: Client, design: str, request: str) -> dict[str, Any]:
    found = client.http.get(f"/designs/{design}/requests/{request}").json()
    change_answers.ChangeRequest.model_validate(found)
    return dict(found)


def answered(client: Client, design: str, request: str) -> dict[str, Any]:
    wait_until(lambda: look(client, design, request)["state"] in ("done", "failed"), 30, "the model's answer")
    return look(client, design, request)


def shown(client: Client, design: str) -> list[dict[str, Any]]:
    snapshot = client.http.get(f"/designs/{design}").json()
    shapes.Snapshot.model_validate(snapshot)
    return list(snapshot["requests"])


def is_asked(model: ModelServer) -> None:
    wait_until(lambda: any(call.fault == "hang" for call in model.calls), 30, "the question to the model")


def test_what_a_model_proposes_is_found_again_and_applied(client: Client, model: ModelServer) -> None:
    design = str(client.make()["id"])
    model.script([RATING])
    request = ask(client, design)
    found = answered(client, design, request)
    lines = [one["line"] for one in found["proposal"]["operations"]]
    assert {"+ attribute Book.rating: integer?", "+ attribute Member.nickname: string?"} < set(lines)
    assert found["usage"]["output_tokens"] > 0
    assert [one["id"] for one in shown(client, design)] == [request]
    calls = model.count
    assert ask(client, design) == request, "the same words are the same request"
    assert model.count == calls
    operations = [
        {name: value for name, value in one.items() if name not in ("line", "needs")}
        for one in found["proposal"]["operations"]
    ]
    body = {
        "operations": operations,
        "exact": True,
        "only": [lines.index("+ attribute Book.rating: integer?")],
        "apply": True,
        "why": WISH,
        "request": request,
    }
    done = client.http.post(f"/designs/{design}/changes", json=body)
    assert done.json()["number"] == 2
    assert shown(client, design) == []
    (kept,) = client.http.get(f"/designs/{design}/changes").json()["items"]
    assert (kept["why"], len(kept["operations"])) == (WISH, 1)


def test_a_proposal_is_held_against_the_blueprint_of_today(client: Client, model: ModelServer) -> None:
    design = str(client.make()["id"])
    model.script([RATING])
    request = ask(client, design)
    answered(client, design, request)
    gone = {"do": "remove", "what": "entity", "id": "Member"}
    client.http.post(f"/designs/{design}/changes", json={"operations": [gone], "apply": True}).raise_for_status()
    proposal = look(client, design, request)["proposal"]
    assert proposal["base"] == 2
    refused = [proposal["operations"][one["operation"]]["line"] for one in proposal["refused"]]
    assert len(refused) == 1
    assert "Member.nickname" in refused[0]


def test_a_request_that_is_let_go_is_read_no_further_and_leaves_the_design_as_it_is(
    client: Client, model: ModelServer
) -> None:
    design = str(client.make()["id"])
    model.script([HANG])
    request = ask(client, design)
    is_asked(model)
    snapshot = client.http.get(f"/designs/{design}").json()
    assert (snapshot["state"], snapshot["requests"][0]["state"]) == ("done", "running")
    assert client.http.delete(f"/designs/{design}/requests/{request}").status_code == 204
    wait_until(lambda: model.calls[-1].outcome != "running", 30, "the end of the call")
    assert (look(client, design, request)["state"], shown(client, design)) == ("cancelled", [])
    assert client.http.get(f"/designs/{design}").json()["state"] == "done"
    assert client.http.delete(f"/designs/{design}/requests/{request}").status_code == 204, "once more does no harm"


def test_events_tell_how_far_a_request_is_and_its_text_as_it_comes(client: Client, model: ModelServer) -> None:
    design = str(client.make()["id"])
    model.script([RATING])
    states, text, folded = [], "", list[dict[str, Any]]()
    for event in client.events(design, until=""):
        data = event["data"]
        if event["event"] == "snapshot":
            ask(client, design)
        elif event["event"] == "delta" and data["kind"] == "request":
            text = text[: data["offset"]] + data["text"]
        elif event["event"] == "request":
            states.append(data["state"])
            folded = [*(one for one in folded if one["id"] != data["id"]), data]
            if data["state"] == "done":
                break
    assert states == ["ready", "running", "done"]
    assert "rating: integer?" in text
    assert folded == shown(client, design)


def test_words_for_a_model_are_not_carried_out_unseen(client: Client) -> None:
    design = str(client.make()["id"])
    told = client.http.post(f"/designs/{design}/changes", json={"words": WISH, "apply": True})
    assert (told.status_code, told.json()["error"]["code"]) == (409, "proposal_first")
    plain = client.http.post(f"/designs/{design}/changes", json={"words": "add a rating to Book"})
    assert plain.status_code == 200, "what rules read is answered at once"
    assert client.http.get(f"/designs/{design}/requests/none").json()["error"]["code"] == "request_not_found"


@contextmanager
def two_people(home: Path, model: ModelServer, **limits: str) -> Iterator[list[Client]]:
    environ = {"OPENAI_BASE_URL": model.base_url, **MODEL, **limits}
    with serving_people(home, "anna", "bert", **environ) as address, ExitStack() as opened:
        clients = []
        for name in ("anna", "bert"):
            with signed_in(address, name) as person:
                clients.append(opened.enter_context(bearing(address, person.make_token()["text"])))
        yield clients


def test_two_owners_are_read_at_the_same_time_and_see_nothing_of_each_other(model: ModelServer, tmp_path: Path) -> None:
    with two_people(tmp_path / "home", model, DESIGNCHORD_DESIGNS_IN_FLIGHT="1") as (anna, bert):
        hers, his = str(anna.make()["id"]), str(bert.make()["id"])
        model.script([HANG | {"times": 1}, RATING])
        slow = ask(anna, hers)
        is_asked(model)
        quick = ask(bert, his)
        assert answered(bert, his, quick)["state"] == "done"
        crowded = anna.http.post(f"/designs/{hers}/changes", json={"words": f"{WISH}, please"})
        assert (crowded.status_code, crowded.json()["error"]["code"]) == (429, "designs_in_flight")
        for method in ("GET", "DELETE"):
            foreign = bert.http.request(method, f"/designs/{hers}/requests/{slow}")
            assert (foreign.status_code, foreign.json()["error"]["code"]) == (404, "design_not_found")
            crossed = bert.http.request(method, f"/designs/{his}/requests/{slow}")
            assert (crossed.status_code, crossed.json()["error"]["code"]) == (404, "request_not_found")
        assert look(anna, hers, slow)["state"] == "running"
        assert anna.http.delete(f"/designs/{hers}").status_code == 204
        wait_until(lambda: all(call.outcome != "running" for call in model.calls), 30, "the end of her call")
