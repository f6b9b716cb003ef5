"""What a design costs: how often it asks the database, and what a cap on tokens leaves of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from bench.model_server import ModelServer
from designchord.designs import selectors
from designchord.designs.models import Call, Step
from tests.flows.apps import look, running_app, submit, wait_until_ended

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = {"DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-canary-7f3a"}


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Statements of this thread, by their first word."""
    count: Counter[str] = Counter()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        count[sql.split(None, 1)[0]] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield count


def test_a_design_asks_the_database_no_more_often_than_it_has_to(tmp_path: Path) -> None:
    """Beginnings of transactions count, too."""
    with ModelServer() as server, running_app(tmp_path, engine=False, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        with counted() as starting:
            design_id = submit(app)
        with counted() as of_blueprint:
            app.steps.handle(Step.objects.get(design_id=design_id, kind="blueprint").pk)
        parts = selectors.steps_ready(design_id=UUID(design_id))
        with counted() as of_parts_and_report:
            for step_id in parts:
                app.steps.handle(step_id)
        assert look(design_id)["state"] == "done"
        assert Call.objects.filter(design_id=design_id).count() == 1 + len(parts)

    assert starting.total() <= 7
    assert of_blueprint.total() <= 16
    assert of_parts_and_report.total() <= 12 * len(parts) + 13


def test_a_days_tokens_end_what_would_use_more(tmp_path: Path) -> None:
    limits = {"DESIGNCHORD_TOKENS_PER_DAY": "1"}
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL, **limits) as app:
        snapshot = wait_until_ended(submit(app, kinds=["erd"]))
        assert server.count == 1  # the blueprint, before which nothing had been used

    assert snapshot["state"] == "failed"
    assert snapshot["error"]["code"] == "model_budget"
