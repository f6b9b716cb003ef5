"""The embedded server as processes come and go."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.kinds.registry import KINDS
from tests.acceptance.processes import Server, serving

pytestmark = pytest.mark.slow

IDEA = {
    "title": "Library of things",
    "content": "A member borrows an item and returns it.",
    "language": "en",
}


def model_settings(server: ModelServer) -> dict[str, str]:
    return {
        "DESIGNCHORD_MODEL": "openai:test",
        "DESIGNCHORD_EFFORT": "thorough",
        "OPENAI_BASE_URL": server.base_url,
        "OPENAI_API_KEY": "sk-canary-51be",
    }


def test_a_design_survives_the_sudden_death_of_the_server_and_no_step_is_stored_twice(tmp_path: Path) -> None:
    with ModelServer(pace=Pace(latency=1.5)) as model:
        first = Server(tmp_path / "home", **model_settings(model))
        design_id = first.submit(**IDEA)
        every = {"blueprint", *KINDS}
        while {call.kind for call in model.calls} != every or model.count != calls_in_ledger(tmp_path / "home"):
            time.sleep(0.02)
        first.kill()

        with serving(tmp_path / "home", **model_settings(model)) as second:
            snapshot = second.wait_until_ended(design_id)
            log = second.log()

    assert snapshot["state"] == "done"
    numbers = {a["kind"]: a["revision"]["number"] for a in snapshot["artifacts"]}
    assert numbers == {"blueprint": 1} | dict.fromkeys(KINDS, 2), "each once, on top of what was compiled"
    assert {a["revision"]["origin"] for a in snapshot["artifacts"]} == {"generated"}
    blueprints = [call for call in model.calls if call.kind == "blueprint"]
    assert len(blueprints) == 1, "what was finished before the death is not made again"
    assert model.count == calls_in_ledger(tmp_path / "home")
    assert "sk-canary" not in log


def test_a_request_for_a_change_survives_the_sudden_death_of_the_server_and_pays_for_no_answer_twice(
    tmp_path: Path,
) -> None:
    shown = {"text": "Change this design as the request asks"}
    with ModelServer() as model:
        settings = model_settings(model) | {"DESIGNCHORD_EFFORT": "quick"}
        first = Server(tmp_path / "home", **settings)
        design_id = first.submit(**IDEA)
        first.wait_until_ended(design_id)
        before = model.count
        again = '{"attributes": {"Item": ["rating: integer?"]}}'
        model.script(
            [
                {"fault": "answer", "answer": "I would love to help!", "times": 1, **shown},
                {"fault": "hang", "times": 1, **shown},
                {"fault": "answer", "answer": again, **shown},
            ]
        )
        words = "Let friends look after it while somebody is away"
        status, asked = first.call("POST", f"/designs/{design_id}/changes", {"words": words})
        assert status == 202
        while model.count < before + 2:
            time.sleep(0.02)
        first.kill()

        with serving(tmp_path / "home", **settings) as second:
            path = f"/designs/{design_id}/requests/{asked['id']}"
            until = time.monotonic() + 60
            while (found := second.call("GET", path)[1])["state"] in ("ready", "running"):
                assert time.monotonic() < until
                time.sleep(0.1)
            snapshot = second.call("GET", f"/designs/{design_id}")[1]

    assert (found["state"], found["attempt"]) == ("done", 2)
    assert found["proposal"]["operations"][0]["line"].startswith("+ attribute Item.rating")
    assert model.count == before + 3, "the first answer is in the ledger, the second question is asked again"
    assert (snapshot["state"], [one["id"] for one in snapshot["requests"]]) == ("done", [asked["id"]])


def calls_in_ledger(home: Path) -> int:
    with sqlite3.connect(home / "designchord.sqlite3") as database:
        count = database.execute("select count(*) from designs_call").fetchone()[0]
    database.close()
    return int(count)


def test_asked_to_end_the_server_gives_its_work_back_and_the_next_one_finishes_it(tmp_path: Path) -> None:
    with ModelServer(pace=Pace(latency=8)) as model:
        first = Server(tmp_path / "home", **model_settings(model))
        design_id = first.submit(**IDEA)
        while not model.calls:
            time.sleep(0.02)
        assert first.stop(seconds=45) in (0, -15)

        model.pace = Pace()
        with serving(tmp_path / "home", **model_settings(model)) as second:
            snapshot = second.wait_until_ended(design_id)
    assert snapshot["state"] == "done"


def test_a_newcomer_without_key_or_server_gets_a_design_in_korean(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as server:
        design_id = server.submit(
            title="동네 병원 예약",
            content="환자는 진료를 예약하고 취소한다. 의사는 예약을 확인한다.",
            requirements="- 환자는 진료를 예약할 수 있다.\n- 같은 시간에 두 예약을 할 수 없다.",
            language="ko",
        )
        snapshot = server.wait_until_ended(design_id)
    assert snapshot["state"] == "done"
    assert snapshot["model"] == "offline"
    assert snapshot["report"]["counts"]["error"] == 0
    erd = next(a for a in snapshot["artifacts"] if a["kind"] == "erd")
    assert "예약" in erd["revision"]["source"]
