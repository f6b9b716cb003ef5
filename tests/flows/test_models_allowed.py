"""Which models may be asked: those of providers that the operator set up, within a list, and never at an unknown price
where dollars are capped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.model_server import ModelServer
from designchord.cli.doctor import examine
from designchord.designs.models import Call
from designchord.errors import BadInput
from designchord.settings import Settings
from designchord.wiring import App
from tests.flows.apps import LIBRARY, running_app, submit, wait_until_ended
from tests.flows.people import Person, serving_people

pytestmark = pytest.mark.django_db(transaction=True)
CAPS = ({"DESIGNCHORD_USD_PER_DAY": "1"}, {"DESIGNCHORD_USD_PER_DESIGN": "1"})


@contextmanager
def app_with(home: Path, **environ: str) -> Iterator[tuple[App, ModelServer]]:
    with ModelServer() as server:
        environ = {"DESIGNCHORD_MODEL": "openai:gpt-4o", "OPENAI_API_KEY": "sk-x", **environ}
        with running_app(home, OPENAI_BASE_URL=server.base_url, **environ) as app:
            yield app, server


def refusal(app: App, **options: Any) -> str:
    with pytest.raises(BadInput) as caught:
        submit(app, LIBRARY, **options)
    assert caught.value.message.endswith(".")
    return caught.value.code


@pytest.mark.parametrize("cap", CAPS, ids=lambda cap: next(iter(cap)))
def test_a_dollar_cap_refuses_a_model_whose_price_nobody_knows(tmp_path: Path, cap: dict[str, str]) -> None:
    with app_with(tmp_path, **cap) as (app, server):
        assert refusal(app, model="openai:gpt-4") == "model_unpriced"
        assert wait_until_ended(submit(app, LIBRARY, kinds=["erd"]))["state"] == "done"
        assert all(call.model == "gpt-4o" for call in server.calls)


def test_a_price_of_ones_own_makes_a_model_usable_under_a_cap(tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('["openai:gpt-4"]\ninput = 30\noutput = 60\n')
    with app_with(tmp_path, DESIGNCHORD_PRICES=str(prices), **CAPS[0]) as (app, _):
        assert wait_until_ended(submit(app, LIBRARY, kinds=["erd"], model="openai:gpt-4"))["usage"]["cost_usd"] > 0


def test_a_fallback_without_a_price_is_not_asked_under_a_cap(tmp_path: Path) -> None:
    with app_with(tmp_path, DESIGNCHORD_FALLBACK_MODELS="openai:gpt-4", **CAPS[1]) as (app, server):
        server.script([{"fault": "401", "model": "gpt-4o"}])
        snapshot = wait_until_ended(submit(app, LIBRARY, kinds=["erd"]))
        assert {call.model for call in server.calls} == {"gpt-4o"}
    assert snapshot["state"] != "done"
    assert set(Call.objects.values_list("model", flat=True)) == {"openai:gpt-4o"}


def test_an_operators_list_bounds_the_choice_and_always_holds_the_default(tmp_path: Path) -> None:
    with app_with(tmp_path, DESIGNCHORD_MODELS="openai:gpt-6*, deepseek") as (app, _):
        assert refusal(app, model="openai:gpt-4.1") == "model_not_allowed"
        assert app.models.resolve("openai:gpt-6-luna") == "openai:gpt-6-luna"
        assert app.models.resolve("") == app.models.resolve("openai:gpt-4o") == "openai:gpt-4o"
        assert app.models.resolve("offline") == "offline"


def test_accounts_reach_no_server_that_nobody_set_up(tmp_path: Path) -> None:
    """Among them designchord itself, which listens where vLLM would."""
    with (
        serving_people(tmp_path, "bob", OPENAI_API_KEY="sk-x") as address,
        Person(address) as bob,
    ):
        bob.sign_in("bob")
        for model in ("lmstudio:x", "ollama:x", "custom:x", "vllm:x\r\nX: y", "openai:<script>", "azure:x"):
            idea = {"title": "T", "content": "Members borrow books.", "model": model}
            response = bob.http.post("/designs", json=idea)
            assert (response.status_code, response.json()["error"]["code"]) == (422, "model_not_ready"), model


def test_a_blueprint_is_asked_for_by_its_schema_and_parts_in_words(tmp_path: Path) -> None:
    with app_with(tmp_path) as (app, server):
        wait_until_ended(submit(app, LIBRARY, kinds=["erd"]))
        forms = {call.kind: call.body.get("response_format") for call in server.calls}
    assert forms["blueprint"]["type"] == "json_schema"
    assert forms["erd"] is None


def told(home: Path, **environ: str) -> str:
    home.chmod(0o700)
    settings = Settings.from_environ({"DESIGNCHORD_HOME": str(home), "DESIGNCHORD_ACCOUNTS": "on", **environ})
    return " ".join(finding.what + finding.mend for finding in examine(settings))


def test_doctor_names_models_without_a_price_and_an_open_choice(tmp_path: Path) -> None:
    key = {"OPENAI_API_KEY": "sk-x", "DESIGNCHORD_USD_PER_DAY": "1"}
    assert "DESIGNCHORD_MODELS" in told(tmp_path, **key)
    assert "DESIGNCHORD_MODELS" not in told(tmp_path, **key, DESIGNCHORD_MODELS="openai:gpt-6-luna")
    unpriced = told(tmp_path, **key, DESIGNCHORD_MODEL="openai:gpt-4", DESIGNCHORD_MODELS="openai:gpt-4")
    assert "openai:gpt-4" in unpriced
    assert "DESIGNCHORD_PRICES" in unpriced
    assert told(tmp_path, **key, DESIGNCHORD_MODEL="openai:gpt-4o", DESIGNCHORD_MODELS="openai:gpt-4o") == ""


@pytest.mark.parametrize(
    "usage", [{"prompt_tokens": 9_999_999_999, "completion_tokens": 5}, {"completion_tokens": 10**30}]
)
def test_absurd_token_counts_cost_nothing_and_lose_nothing(tmp_path: Path, usage: dict[str, int]) -> None:
    with app_with(tmp_path) as (app, server):
        server.script([{"fault": "usage", "usage": usage}])
        snapshot = wait_until_ended(submit(app, LIBRARY, kinds=["erd"]))
    assert (snapshot["state"], snapshot["usage"]["calls"]) == ("done", 2)
    assert snapshot["usage"]["cost_usd"] < 1
    assert all(row.estimated for row in Call.objects.all())
