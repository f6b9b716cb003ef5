"""A request that rules cannot read, put to a model: its answer becomes operations, never another design."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bench.model_server import ModelServer
from designchord.blueprint import answering
from designchord.blueprint.changes import Replace
from designchord.blueprint.model import Blueprint
from designchord.designs import selectors
from designchord.designs.models import ChangeRequest
from designchord.designs.services.designs import local_owner
from designchord.pipeline.changing import Wish
from designchord.wiring import App
from tests.commands import designchord
from tests.flows.apps import ENDED, artifact, look, running_app, submit, wait_until_ended
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = {"OPENAI_API_KEY": "sk-x", "DESIGNCHORD_MODEL": "openai:test", "DESIGNCHORD_EFFORT": "quick"}
PAYMENTS = {
    "attributes": {"Item": ["deposit: decimal?"]},
    "add": {
        "actors": ["CardCompany external: Card company"],
        "requirements": ["R9 must: add payments by card with refunds"],
        "entities": [
            {
                "name": "Payment",
                "label": "Payment",
                "attributes": [
                    "id: uuid pk",
                    "reservation_id: uuid fk Reservation",
                    "amount: decimal",
                    "status: enum(paid,refunded)",
                ],
            },
            {"name": "Warehouse", "label": "Warehouse", "attributes": ["id: uuid pk"]},
        ],
        "operations": [
            {
                "id": "payReservation",
                "call": "POST /payments",
                "summary": "Pay by card",
                "entity": "Payment",
                "request": ["amount"],
                "requirements": ["R9"],
            },
            {
                "id": "refundPayment",
                "call": "POST /payments/{payment_id}/refunds",
                "summary": "Refund a payment",
                "entity": "Payment",
                "requirements": ["R9"],
            },
        ],
    },
}
WISH = "add payments by card with refunds"


def answers(*texts: str) -> list[dict[str, Any]]:
    shown = "Change this design as the request asks"
    return [{"fault": "answer", "answer": text, "text": shown, "times": 1} for text in texts]


def blueprint_of(design: str) -> Blueprint:
    return answering.load(artifact(look(design), "blueprint")["revision"]["source"])


def look_at(app: App, design: str, request: ChangeRequest) -> dict[str, Any]:
    return app.verbs.request(owner=local_owner(), design_id=design, request_id=request.pk)


def read_by_model(app: App, design: str, answered: tuple[str, str] | None = None) -> dict[str, Any]:
    """The request once the model has read it."""
    request = app.verbs.ask(owner=local_owner(), design_id=design, words=WISH, answered=answered)
    wait_until(lambda: look_at(app, design, request)["state"] in ENDED, 30, "the model's answer")
    return look_at(app, design, request)


def asked(tmp_path: Path, texts: list[str]) -> tuple[Blueprint, list[str], Blueprint, int]:
    with ModelServer(answers(*texts)) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design = submit(app)
        wait_until_ended(design)
        before, calls = blueprint_of(design), server.count
        proposal = read_by_model(app, design)["proposal"]
        lines = [one["line"] for one in proposal["operations"]]
        assert blueprint_of(design) == before
        return before, lines, answering.load(proposal["blueprint"]), server.count - calls


def test_an_answer_becomes_operations_with_what_follows(tmp_path: Path) -> None:
    before, lines, after, calls = asked(tmp_path, [json.dumps(PAYMENTS)])
    assert calls == 1
    assert "+ entity Payment" in lines
    assert "+ relation Reservation-Payment (one_to_many)" in lines
    assert any(line.startswith("+ operation refundPayment: POST /payments/{payment_id}/refunds") for line in lines)
    payment, warehouse = after.entity("Payment"), after.entity("Warehouse")
    assert payment is not None
    assert warehouse is not None
    assert (payment.assumed, warehouse.assumed) == (False, True)
    assert {one.name for one in before.entities} < {one.name for one in after.entities}


def test_a_whole_blueprint_counts_as_what_the_request_speaks_of(tmp_path: Path) -> None:
    whole = {
        "title": "Another",
        "actors": ["Member: member"],
        "entities": [{"name": "Payment", "label": "payment", "attributes": ["id: uuid pk", "amount: decimal"]}],
        "operations": [{"id": "payByCard", "call": "POST /payments", "summary": "Pay by card", "entity": "Payment"}],
        "scenarios": [
            {
                "id": "pay",
                "title": "Pay by card",
                "actor": "Member",
                "steps": ["Member -> System: pay [payByCard]"],
            }
        ],
    }
    before, lines, after, _ = asked(tmp_path, [json.dumps(whole)])
    assert "+ entity Payment" in lines
    assert not [line for line in lines if line.startswith("-")]
    assert after.title == before.title
    assert {one.name for one in before.entities} <= {one.name for one in after.entities}


def test_nonsense_costs_at_most_two_more_questions_and_changes_nothing(tmp_path: Path) -> None:
    texts = ["I would love to help!", '{"remove": ["Unicorn"]}', "{}"]
    with ModelServer(answers(*texts)) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design = submit(app)
        wait_until_ended(design)
        before, calls = blueprint_of(design), server.count
        found = read_by_model(app, design)
        assert (found["state"], found["error"]["code"], found["proposal"]) == ("failed", "artifact_invalid", None)
        assert {one["code"] for one in found["problems"]} == {"change.empty"}
        assert server.count - calls == 3
        assert look(design)["state"] == "done", "what is asked of a design does not change how it stands"
        assert blueprint_of(design) == before


def test_a_blueprint_that_is_made_anew_is_a_change_and_forgets_no_requirement(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design = submit(app)
        wait_until_ended(design)
        first = blueprint_of(design).requirements[0]
        value = {"id": "R77", "text": "Members can search items by category and colour."}
        replaced = [Replace(id=first.id, value=value)]
        app.verbs.change(owner=local_owner(), design_id=design, wish=Wish(operations=replaced))
        app.verbs.regenerate(owner=local_owner(), design_id=design, kind="blueprint", feedback="shorter names")
        wait_until(lambda: artifact(look(design), "blueprint")["revision"]["number"] == 3, 30, "the new blueprint")
        wait_until_ended(design)
        after = blueprint_of(design)
        changes = selectors.changes_list(owner=local_owner(), design_id=design)
    ids = [one.id for one in (*after.requirements, *after.former)]
    assert first.id in {one.id for one in after.former}
    assert len(ids) == len(set(ids))
    assert changes[-1]["base"] == 1
    assert [one["why"] for one in changes if one["who"] == "openai:test"] in ([], ["shorter names"])


def test_a_model_may_ask_back_once_and_is_told_the_answer(tmp_path: Path) -> None:
    question = "Are refunds paid out by card or in cash?"
    texts = [json.dumps({"question": question}), json.dumps({"question": "And who?"}), json.dumps(PAYMENTS)]
    with ModelServer(answers(*texts)) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design = submit(app)
        wait_until_ended(design)
        asked = read_by_model(app, design)["proposal"]
        assert (asked["question"], asked["operations"]) == (question, [])
        proposal = read_by_model(app, design, (question, "By card only."))["proposal"]
        assert proposal["question"] == ""
        assert answering.load(proposal["blueprint"]).entity("Payment") is not None
        told = [json.dumps(call.body) for call in server.calls if "By card only." in json.dumps(call.body)]
    assert len(told) == 2, "a second question is no answer, and is asked again"
    assert all(question in one for one in told)


def test_a_question_is_answered_at_the_command_line(tmp_path: Path) -> None:
    texts = [json.dumps({"question": "By card or in cash?"})] * 2 + [json.dumps(PAYMENTS)]
    with ModelServer(answers(*texts[:1])) as server:
        environ = {"DESIGNCHORD_HOME": str(tmp_path / "home"), "OPENAI_BASE_URL": server.base_url, **MODEL}

        def say(*arguments: str) -> subprocess.CompletedProcess[str]:
            return designchord(*arguments, env={"PATH": os.environ["PATH"], **environ}, cwd=tmp_path)

        (tmp_path / "idea.md").write_text("# Tool library\n\nMembers borrow items and reserve them.\n", "utf-8")
        assert say("generate", "idea.md", "--out", "out").returncode == 0
        design = json.loads(say("list", "--json").stdout)[0]["id"]
        asked = say("change", design, WISH, "--preview")
        assert (asked.returncode, "The model asks: By card or in cash?" in asked.stderr) == (2, True)
        server.script(answers(*texts[1:]))
        told = say("change", design, WISH, "--answer", "By card.", "--preview")
    assert told.returncode == 0, told.stderr
    assert "+ entity Payment" in told.stdout
    assert not [line for line in (asked.stderr + told.stderr).splitlines() if line.startswith("{")], "no line of a log"
