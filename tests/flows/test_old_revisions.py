"""Long histories: nothing of them is lost, they take little room, and what is kept is counted as it is stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from designchord.designs import folding, selectors
from designchord.designs.models import Revision
from designchord.designs.services.storage import storage_used
from designchord.errors import Conflict
from designchord.wiring import App
from tests.flows.apps import LIBRARY, running_app, submit, wait_until_ended

pytestmark = pytest.mark.django_db(transaction=True)

LONG = (
    "# 대여\n\n## 개요\n\n"
    + "회원은 도구를 빌린다. A member borrows 🛠 a tool, and returns it within 14 days.\n" * 1_000
)


@given(st.text(st.characters(codec="utf-8"), max_size=50), st.integers(1, 400))
@settings(max_examples=50)
def test_what_is_folded_comes_out_as_it_went_in(text: str, times: int) -> None:
    assert folding.unfolded(folding.folded(text * times)) == text * times


def edited(app: App, design: str, *, times: int) -> list[str]:
    """A document that was edited so often; its sources."""
    sources = [f"{LONG}\n{number}\n" for number in range(times)]
    for base, source in enumerate(sources, start=1):
        app.verbs.edit(owner=app.owner(), design_id=design, kind="document", part="", source=source, base=base)
    return sources


def stored(design: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT SUM(LENGTH(CAST(source AS BLOB))) FROM designs_revision AS revision "
            "JOIN designs_part AS part ON part.id = part_id WHERE design_id = %s AND kind = 'document'",
            [design.replace("-", "")],
        )
        return int(cursor.fetchone()[0])


def test_every_version_of_a_long_history_can_be_read_compared_replayed_taken_away_and_restored(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        owner = app.owner()
        design = submit(app, LIBRARY, kinds=("document",))
        first = wait_until_ended(design)["artifacts"][1]["revision"]["source"]
        sources = [first, *edited(app, design, times=12)]

        read = [
            selectors.revision_get(owner=owner, design_id=design, kind="document", part="", number=number).source
            for number in range(1, 14)
        ]
        assert read == sources
        events = selectors.events_after(design_id=design, after=0, max_bytes=100_000_000)
        replayed = [event.data["revision"]["source"] for event in events if event.type == "revision"]
        assert [source for source in replayed if source in sources] == sources
        kept = dict(selectors.everything_of(owner=owner))[f"designs/{design}"]["revisions"]
        assert [row["source"] for row in kept if row["kind"] == "document"] == sources

        app.verbs.restore(owner=owner, design_id=design, kind="document", part="", number=3)
        assert selectors.current_source(design_id=design, kind="document", part="") == sources[2]
        assert Revision.objects.filter(part__kind="document", by_hand=True).count() == 13


def test_a_long_history_takes_little_room(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        design = submit(app, LIBRARY, kinds=("document",))
        wait_until_ended(design)
        written = sum(len(source.encode()) for source in edited(app, design, times=20))

        assert stored(design) < len(LONG.encode()) * 1.2 + written / 4


def test_what_is_kept_is_counted_with_what_is_stored_and_not_without(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        owner = app.owner()
        design = submit(app, LIBRARY, kinds=("document",))
        wait_until_ended(design)
        before = storage_used(owner=owner)
        assert before >= len(LIBRARY.content)
        sources = edited(app, design, times=2)
        assert storage_used(owner=owner) - before == sum(len(source.encode()) for source in sources)

        after = storage_used(owner=owner)
        with pytest.raises(Conflict):
            app.verbs.edit(owner=owner, design_id=design, kind="document", part="", source="# Late\n", base=1)
        assert storage_used(owner=owner) == after
        app.verbs.restore(owner=owner, design_id=design, kind="document", part="", number=2)
        assert storage_used(owner=owner) - after == len(sources[0].encode())


def test_what_rules_make_is_counted_as_well(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        design = submit(app, LIBRARY)
        made = wait_until_ended(design)
        sources = sum(len(artifact["revision"]["source"].encode()) for artifact in made["artifacts"])

        assert storage_used(owner=app.owner()) >= sources
