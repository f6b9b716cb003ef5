"""A provider is one row: with nothing else touched, every face knows it, from its variables to its price."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from bench.model_server import ModelServer
from tests.flows.serving import Client, serving

ROW = """
import designchord.llm.providers as providers
from designchord.llm.capabilities import Capabilities, Price
providers.PROVIDERS = (
    providers.Provider(
        name="toy", title="Toy Models", base_url="https://toy.invalid/v1", url_variable="TOY_BASE_URL",
        key_variable="TOY_API_KEY", default_model="toy-1", capabilities=Capabilities(json=()), prices={prices},
    ),
    *providers.PROVIDERS,
)
from designchord.__main__ import main
raise SystemExit(main())
"""
PRICED = ROW.replace("{prices}", '(("toy-1", Price(1.0, 1.0, 2.0)),)')
UNPRICED = ROW.replace("{prices}", "()")


def designchord(program: str, home: Path, *arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        env={"DESIGNCHORD_HOME": str(home), "PATH": os.environ["PATH"], **environ},
    )


def test_a_row_is_listed_with_what_is_missing(tmp_path: Path) -> None:
    found = json.loads(designchord(PRICED, tmp_path, "models", "--json").stdout)
    toy = next(item for item in found["items"] if item["provider"] == "toy")
    assert (toy["title"], toy["ready"]) == ("Toy Models", False)
    assert "TOY_API_KEY" in toy["reason"]
    assert (
        json.loads(designchord(PRICED, tmp_path, "models", "--json", TOY_API_KEY="k").stdout)["default"] == "toy:toy-1"
    )
    named = designchord(PRICED, tmp_path, "models", "--json", TOY_API_KEY="k", TOY_MODEL="toy-2").stdout
    assert json.loads(named)["default"] == "toy:toy-2"


@pytest.mark.parametrize(("program", "priced"), [(PRICED, True), (UNPRICED, False)])
def test_a_row_makes_a_design_on_the_command_line_with_its_price_or_without(
    tmp_path: Path, program: str, priced: bool
) -> None:
    with ModelServer() as server:
        done = designchord(
            program, tmp_path, "generate", "--content", "Members borrow books.", "--model", "toy", "--json",
            "--kinds", "erd", "--out", tmp_path / "out",
            TOY_API_KEY="k", TOY_MODEL="toy-1", TOY_BASE_URL=server.base_url,
        )  # fmt: skip
    result = json.loads(done.stdout)
    assert (result["state"], result["model"]) == ("done", "toy:toy-1")
    assert all(call.key == "k" for call in server.calls)
    cost = result["usage"]["cost_usd"]
    assert cost > 0 if priced else cost is None


def test_a_row_works_over_http_and_is_estimated(tmp_path: Path) -> None:
    with (
        ModelServer() as server,
        serving(
            tmp_path, program=["-c", PRICED], TOY_API_KEY="k", TOY_MODEL="toy-1", TOY_BASE_URL=server.base_url
        ) as address,
        Client(address) as client,
    ):
        listed = {item["provider"] for item in client.http.get("/models").json()["items"]}
        estimate = client.http.post(
            "/estimate", json={"title": "T", "content": "Members borrow books.", "model": "toy"}
        )
        design = client.finished(client.start(model="toy:other", kinds=["erd"]))
        metrics = httpx2.get(f"{address}/metrics", timeout=10).text
    assert "toy" in listed
    assert estimate.json()["cost_usd"] > 0
    assert (design["state"], design["model"]) == ("done", "toy:other")
    assert "toy:other" in metrics


def test_tests_never_see_a_variable_that_a_row_reads() -> None:
    from designchord.llm.providers import variables

    program = "import os, tests.django_settings; print(*os.environ)"
    names = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], **dict.fromkeys(variables(), "mine")},
    ).stdout.split()
    assert not set(variables()) & set(names)
