"""How long an answer takes tells nothing of what is there: foreign ids ask the database for what missing ones do.

Times are not compared, because they differ between any two requests. Statements are, one by one.
"""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from designchord.designs.models import Design, Owner, Part
from designchord.designs.services import tokens
from designchord.designs.services.designs import local_owner
from designchord.errors import NotFound
from tests.flows.apps import LIBRARY, running_app
from tests.flows.test_isolation import METHODS, Victim, body_of, routes
from tests.servers import wait_until


@pytest.fixture
def victim(tmp_path: Path, transactional_db: None) -> Victim:
    """A finished design of somebody else."""
    other = Owner.objects.create(username="other")
    with running_app(tmp_path) as app:
        design, _ = app.verbs.start(owner=other, brief=LIBRARY)
        wait_until(lambda: Design.objects.get(pk=design.pk).state == "done", 30, "its end")
    part = Part.objects.filter(design=design, kind="sequence").values_list("key", flat=True)[0]
    return Victim(str(design.pk), part, 1, "A-1")


def asked(client: Client, method: str, route: str, path: str) -> tuple[int, list[str]]:
    """The status of an answer and the statements that led to it, without their values."""
    body = body_of(method, route)
    text = "" if body is None else json.dumps(body)
    with CaptureQueriesContext(connection) as captured:
        answer = client.generic(method, path, text, content_type="application/json", headers={"Host": "localhost"})
    return answer.status_code, [re.sub(r"'[^']*'|\b\d[\d.]*\b", "?", query["sql"]) for query in captured]


def test_a_foreign_design_is_looked_for_as_one_that_never_was(victim: Victim) -> None:
    local_owner()
    client, missing = Client(), str(uuid4())
    walked = 0
    for route, method in itertools.product(routes(), METHODS):
        if "<design_id>" not in route and "<uuid:id>" not in route:
            continue
        foreign = asked(client, method, route, victim.path(route))
        assert foreign == asked(client, method, route, victim.path(route, design=missing)), (method, route)
        walked += foreign[0] == 404 and bool(foreign[1])
    assert walked > 15


def test_a_foreign_token_is_revoked_with_what_a_missing_one_is(transactional_db: None) -> None:
    mine, other = (Owner.objects.create(username=name) for name in ("mine", "other"))
    foreign, _ = tokens.token_create(owner=other, name="theirs")
    asked_for: list[list[str]] = []
    for token_id in (foreign.pk, foreign.pk + 1_000_000):
        with CaptureQueriesContext(connection) as captured, pytest.raises(NotFound):
            tokens.token_revoke(owner=mine, token_id=token_id)
        asked_for.append([re.sub(r"\d+", "?", query["sql"]) for query in captured])
    assert asked_for[0] == asked_for[1] != []
