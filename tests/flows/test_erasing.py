"""What is deleted for good is gone from the database's files as well, whoever deleted it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from designchord.designs.models import Design
from designchord.wiring import App
from tests.flows.apps import LIBRARY, running_app, submit, wait_until_ended

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "Quillfeatherstonehaugh"


def purge(app: App, design_id: str) -> None:
    Design.objects.filter(pk=design_id).update(deleted_at=timezone.now() - timedelta(days=2))
    app.sweeper.sweep()


def erase(app: App, design_id: str) -> None:
    app.verbs.erase(design_id=UUID(design_id))


@pytest.mark.parametrize("delete", [purge, erase])
def test_no_word_of_a_design_that_is_gone_is_in_the_databases_files(
    tmp_path: Path, delete: Callable[[App, str], None]
) -> None:
    brief = replace(LIBRARY, content=f"{LIBRARY.content} {CANARY}. " + f"A member returns the {CANARY}. " * 500)
    with running_app(tmp_path) as app:
        design_id = submit(app, brief)
        wait_until_ended(design_id)
        assert CANARY.encode() in written()
        delete(app, design_id)

        assert not Design.objects.filter(pk=design_id).exists()
        assert CANARY.encode() not in written()


def written() -> bytes:
    file = Path(connection.settings_dict["NAME"])
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
