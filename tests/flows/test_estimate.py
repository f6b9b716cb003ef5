"""An estimate before a design is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.model_server import ModelServer
from designchord.errors import BadInput
from designchord.llm.tokens import estimate_tokens, most_tokens
from tests.flows.apps import CLINIC, LIBRARY, running_app, submit, wait_until_ended
from tests.flows.serving import Client, serving

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = {"DESIGNCHORD_MODEL": "openai:gpt-4o", "OPENAI_API_KEY": "sk-canary-7f3a"}


@pytest.mark.parametrize("brief", [LIBRARY, CLINIC], ids=["English", "Korean"])
def test_an_estimate_is_near_what_the_design_then_takes_and_makes_no_call(tmp_path: Path, brief) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        _, chosen, by_effort = app.verbs.estimate(brief=brief)
        assert server.count == 0
        usage = wait_until_ended(submit(app, brief))["usage"]
        before, after = by_effort[chosen], app.verbs.estimate(brief=brief)[2][chosen]

    assert before.calls == usage["calls"]
    assert usage["output_tokens"] / 3 < before.output_tokens < usage["output_tokens"] * 3
    assert before.cost_usd is not None
    assert before.cost_usd > 0
    assert before.seconds is None, "nothing is known of this model yet"
    assert after.seconds is not None


def test_an_estimate_reads_the_language_that_the_start_reads(tmp_path: Path) -> None:
    """The title and the requirements are in one language, the content names products only."""
    idea = {"title": "동네 공구 대여소", "content": "Wi-Fi, QR, NFC", "requirements": "- 회원은 공구를 예약할 수 있다."}
    asked: list[str] = []
    with (
        ModelServer() as server,
        serving(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as address,
        Client(address) as client,
    ):
        estimated = client.http.post("/estimate", json=idea).json()
        korean = client.http.post("/estimate", json={**idea, "language": "ko"}).json()
        asked.append(client.finished(client.start(**idea))["language"])
    assert asked == ["ko"]
    assert estimated == korean


@pytest.mark.parametrize("text", ["plain words, twice as many " * 40, "회원은 공구를 예약할 수 있다. " * 40, "{" * 500])
def test_what_is_reserved_for_a_text_is_never_less_than_what_it_is_estimated_at(text: str) -> None:
    assert estimate_tokens(text) <= most_tokens(text)


def test_without_a_model_nothing_is_spent_and_bad_input_is_refused_as_at_the_start(tmp_path: Path) -> None:
    from dataclasses import replace

    with running_app(tmp_path, engine=False) as app:
        name, chosen, found = app.verbs.estimate(brief=LIBRARY)
        with pytest.raises(BadInput):
            app.verbs.estimate(brief=replace(LIBRARY, title=""))
    assert (name, found[chosen].calls, found[chosen].cost_usd) == ("offline", 0, 0.0)
