"""Every read. Whatever a client may see goes through a function that takes the owner."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from designchord.designs import requested, shapes
from designchord.designs.models import (
    TERMINAL,
    UNDER_WAY,
    UNSETTLED,
    Call,
    CallState,
    ChangeRequest,
    ChangeSet,
    Design,
    DesignState,
    Owner,
    Part,
    Revision,
    Step,
    StepState,
    Verification,
)
from designchord.designs.models import Event as EventRow
from designchord.designs.statements import ask, written
from designchord.errors import NotFound
from designchord.events.base import Event


def design_get(*, owner: Owner, design_id: UUID | str, deleted: bool = False) -> Design:
    """An owner's design. Somebody else's, a deleted one and one that never was are the same ``NotFound``."""
    try:
        design = Design.objects.filter(owner=owner, pk=UUID(str(design_id))).first()
    except ValueError:
        design = None
    if design is None or (design.deleted_at is not None and not deleted):
        raise NotFound("There is no such design.", code="design_not_found")
    return design


def designs_list(
    *, owner: Owner, query: str = "", state: str = "", cursor: str = "", limit: int = 50, deleted: bool = False
) -> dict[str, Any]:
    """An owner's designs, newest first, a page at a time; ``next`` is the cursor of the following page. ``deleted``:
    those that can still be taken back, instead of those that are there."""
    rows = Design.objects.filter(owner=owner, deleted_at__isnull=not deleted).order_by("-created_at", "-id")
    if query:
        rows = rows.filter(Q(title__icontains=query) | Q(content__icontains=query))
    if state:
        rows = rows.filter(state=state)
    if cursor:
        after = design_get(owner=owner, design_id=cursor, deleted=True)
        rows = rows.filter(Q(created_at__lt=after.created_at) | Q(created_at=after.created_at, id__lt=after.id))
    page = list(rows.defer("content", "requirements", "report")[: limit + 1])
    following = str(page[limit - 1].id) if len(page) > limit else None
    return {"items": [shapes.listed(row) for row in page[:limit]], "next": following}


def current_revisions(design_id: UUID) -> list[tuple[Part, Revision]]:
    """Every part that is shown, in reading order, with its current revision."""
    shown = Revision.objects.filter(part__design_id=design_id, part__retired=False, number=F("part__current"))
    return [(row.part, row) for row in shown.select_related("part").order_by("part__position", "part_id")]


_SOURCES = written("""
    SELECT design.last_event, part.kind, part.key, revision.source FROM {designs} AS design
    LEFT JOIN {parts} AS part ON part.design_id = design.id AND NOT part.retired
    LEFT JOIN {revisions} AS revision ON revision.part_id = part.id AND revision.number = part.current
    WHERE design.id = %s ORDER BY part.position, part.id
""")


def current_sources(*, design_id: UUID) -> tuple[int, dict[tuple[str, str], str]]:
    """The source of every part that is shown, by kind and key, in reading order; with the number of an event of the
    design after which nothing has been left out."""
    found = ask(_SOURCES, design_id)
    return found[0][0] if found else 0, {(kind, key): source for _, kind, key, source in found if source is not None}


_LAST_BLUEPRINT = written("""
    SELECT revision.provenance FROM {designs} AS design
    JOIN {parts} AS part ON part.design_id = design.id AND part.kind = 'blueprint'
    JOIN {revisions} AS revision ON revision.part_id = part.id AND revision.number = 1
    WHERE design.owner_id = %s AND design.model = %s AND design.id <> %s ORDER BY design.created_at DESC LIMIT 1
""")


def last_blueprint_provenance(*, owner_id: int, model: str, but: UUID) -> dict[str, Any]:
    """How the last first blueprint of an owner was made with a model, another design's; empty where there is none."""
    found = ask(_LAST_BLUEPRINT, owner_id, model, but)
    return json.loads(found[0][0]) if found else {}


def snapshot(*, owner: Owner, design_id: UUID | str) -> dict[str, Any]:
    """All that a page needs, as of ``last_event_id`` (``docs/http.md``)."""
    design = design_get(owner=owner, design_id=design_id)
    return {**_snapshot(design), "requests": requested.requests_open(design)}


def shared_snapshot(*, token: str) -> dict[str, Any]:
    """The design that was shared under a token, whoever asks; ``NotFound`` for any other token."""
    design = Design.objects.filter(share_token=token, deleted_at=None).first() if token else None
    if design is None:
        raise NotFound("There is nothing under this link.", code="share_not_found")
    return _snapshot(design)


def _snapshot(design: Design) -> dict[str, Any]:
    """The design was read first, so what follows is at least as new as its ``last_event``: whoever then applies the
    events after that number sets some things once more to what they are, and misses none."""
    artifacts = current_revisions(design.pk)
    usage = usage_of_design(design_id=design.pk)
    return {
        "id": str(design.id),
        "title": design.title,
        "content": design.content,
        "requirements": design.requirements,
        "language": design.language,
        "kinds": design.kinds,
        "model": design.model,
        "effort": design.effort,
        **shapes.design(design),
        "created_at": shapes.moment(design.created_at),
        "deadline_at": shapes.moment(design.deadline_at),
        "last_event_id": design.last_event,
        "steps": [shapes.step(step) for step in _steps_shown(design)],
        "artifacts": [shapes.artifact(part, revision) for part, revision in artifacts],
        "report": design.report,
        "usage": usage,
        "shared": f"/share/{design.share_token}" if design.share_token else None,
        "verified": design.verified,
    }


def _steps_shown(design: Design) -> QuerySet[Step]:
    """The steps of parts that the blueprint has, in reading order; the report's is the last."""
    wanted = design.steps.filter(Q(part=None) | Q(part__retired=False), request=None).select_related("part")
    return wanted.order_by(F("part__position").asc(nulls_last=True), "pk")


def last_events(design_ids: Sequence[str]) -> dict[str, int]:
    """The number of each design's newest event."""
    rows = Design.objects.filter(pk__in=design_ids).values_list("pk", "last_event")
    return {str(design): last for design, last in rows}


def events_after(*, design_id: UUID | str, after: int, limit: int = 500, max_bytes: int = 1_000_000) -> list[Event]:
    """A design's stored events with numbers above ``after``, in order, with large values filled in.

    At most ``limit`` of them, and no more after those that hold ``max_bytes``; none when there are none.
    The caller has checked whose design it is.
    """
    events: list[Event] = []
    size = 0
    for row in EventRow.objects.filter(design_id=design_id, number__gt=after).order_by("number")[:limit]:
        data, large = _filled(row)
        events.append(Event(design=str(design_id), type=row.type, id=row.number, data=data))  # type: ignore[arg-type]
        size += large
        if size >= max_bytes:
            break
    return events


def _filled(row: EventRow) -> tuple[dict[str, Any], int]:
    """An event's data, and about how many bytes of it are not in the event's row."""
    if row.type == "revision":
        part = Part.objects.get(pk=row.data["artifact"])
        revision = Revision.objects.get(part=part, number=row.data["number"])
        return shapes.artifact(part, revision), len(revision.source)
    if row.type == "request":
        asked = ChangeRequest.objects.filter(pk=row.data["id"]).values(*shapes.ASKED).first() or {}
        return {**row.data, **asked}, len(asked.get("words", ""))
    if row.type == "report":
        report = Design.objects.values_list("report", flat=True).get(pk=row.design_id)
        usage = usage_of_design(design_id=row.design_id)
        return {"report": report, "usage": usage}, len(orjson.dumps(report))
    return dict(row.data), 0


def artifact_get(*, owner: Owner, design_id: UUID | str, kind: str, part: str = "") -> tuple[Design, Part, Revision]:
    """A part of which something was made, also one that the blueprint has no more, with its current revision."""
    design = design_get(owner=owner, design_id=design_id)
    found = Part.objects.filter(design=design, kind=kind, key=part, current__gt=0).first()
    if found is None:
        raise NotFound("There is no such artifact in this design.", code="artifact_not_found")
    return design, found, Revision.objects.get(part=found, number=found.current)


def revisions_list(*, owner: Owner, design_id: UUID | str, kind: str, part: str = "") -> list[dict[str, Any]]:
    """A part's history, newest first, without the sources."""
    _, found, _ = artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
    return [shapes.revision(row, with_source=False) for row in found.revisions.order_by("-number")]


def origins(*, part: Part, until: int) -> list[str]:
    """How a part's revisions up to that number came about, in order."""
    return list(part.revisions.filter(number__lte=until).order_by("number").values_list("origin", flat=True))


def changes_list(*, owner: Owner, design_id: UUID | str) -> list[dict[str, Any]]:
    """How a design's blueprint was changed by people, newest first."""
    design = design_get(owner=owner, design_id=design_id)
    rows = list(design.changes.order_by("-result"))
    undone = {row.undoes: row.result for row in rows if row.undoes is not None}
    return [shapes.change(row, undone_by=undone.get(row.result)) for row in rows]


def change_get(*, owner: Owner, design_id: UUID | str, number: int | None = None) -> tuple[Design, ChangeSet]:
    """A change by its number; without one the newest that can be taken back and was not."""
    design = design_get(owner=owner, design_id=design_id)
    rows = design.changes.order_by("-result")
    if number is not None:
        found = rows.filter(result=number).first()
    else:
        undone = set(rows.exclude(undoes=None).values_list("undoes", flat=True))
        found = next((row for row in rows if row.undoes is None and row.result not in undone), None)
    if found is None:
        raise NotFound("There is no such change of this design's blueprint.", code="change_not_found")
    return design, found


def change_of(*, design_id: UUID, undoes: int) -> int | None:
    """The number of the change that took one back."""
    return ChangeSet.objects.filter(design_id=design_id, undoes=undoes).values_list("result", flat=True).first()


def verifications_list(*, owner: Owner, design_id: UUID | str) -> tuple[Design, list[Verification]]:
    """How a design was verified, newest first, without what was found."""
    design = design_get(owner=owner, design_id=design_id)
    return design, list(design.verifications.defer("findings", "accepted", "things").order_by("-number"))


def verification_get(*, owner: Owner, design_id: UUID | str, number: int) -> tuple[Design, Verification]:
    design = design_get(owner=owner, design_id=design_id)
    found = design.verifications.filter(number=number).first()
    if found is None:
        raise NotFound("There is no such verification of this design.", code="verification_not_found")
    return design, found


def blueprints_back(*, design_id: UUID, at_most: int) -> Iterator[tuple[int, str]]:
    """Number and source of the revisions of a design's blueprint, newest first, each read when it is asked for."""
    rows = Revision.objects.filter(part__design_id=design_id, part__kind="blueprint")
    for pk in list(rows.order_by("-number").values_list("pk", flat=True)[:at_most]):
        yield from rows.filter(pk=pk).values_list("number", "source")


def revision_get(*, owner: Owner, design_id: UUID | str, kind: str, part: str, number: int) -> Revision:
    _, found, _ = artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
    revision = Revision.objects.filter(part=found, number=number).first()
    if revision is None:
        raise NotFound("There is no such revision.", code="revision_not_found")
    return revision


def blueprint_source(*, design_id: UUID, number: int) -> str:
    """The source of a revision of a design's blueprint, which is there."""
    found = Revision.objects.filter(part__design_id=design_id, part__kind="blueprint", number=number)
    return found.values_list("source", flat=True).get()


def current_source(*, design_id: UUID, kind: str, part: str) -> str | None:
    """The source of a part's current revision."""
    revisions = Revision.objects.filter(part__design_id=design_id, part__kind=kind, part__key=part)
    return revisions.filter(number=F("part__current")).values_list("source", flat=True).first()


def current_number(*, design_id: UUID, kind: str, part: str = "") -> int | None:
    """The number of a part's current revision."""
    parts = Part.objects.filter(design_id=design_id, kind=kind, key=part, current__gt=0)
    return parts.values_list("current", flat=True).first()


_READY = written("SELECT id FROM {steps} WHERE design_id = %s AND state = 'ready' ORDER BY id")


def steps_ready(*, design_id: UUID) -> list[int]:
    """A design's steps that anybody may take."""
    return [key for (key,) in ask(_READY, design_id)]


def steps_lost(*, design: Design, kind: str = "", part: str | None = None) -> list[Step]:
    """Steps that failed or were cancelled, or of them those of one kind or part; not those of retired parts."""
    lost = Step.objects.filter(design=design, state__in=[StepState.FAILED, StepState.CANCELLED], request=None)
    lost = lost.filter(Q(part=None) | Q(part__retired=False)).select_related("part")
    found = [step for step in lost if not kind or step.kind == kind]
    return [step for step in found if part is None or (step.part.key if step.part else "") == part]


def designs_cut_off(*, at_least: timedelta, at_most: timedelta) -> list[Design]:
    """Designs that ended so long ago because nobody answered at their model's address, were not run again since, and
    hold nothing that a person wrote meanwhile."""
    now = timezone.now()
    ended = Design.objects.filter(
        state__in=[DesignState.FAILED, DesignState.PARTIAL], deleted_at=None,
        finished_at__lte=now - at_least, finished_at__gt=now - at_most,
    )  # fmt: skip
    cut_off = Step.objects.filter(design__in=ended, state=StepState.FAILED, error_code="model_unreachable", run=1)
    cut_off = cut_off.filter(request=None)
    ended = ended.filter(pk__in=cut_off.values("design_id")).exclude(steps__run__gt=1)
    return list(ended.exclude(parts__revisions__by_hand=True).distinct())


def steps_by_owner(*, step_ids: Sequence[int]) -> dict[int, list[int]]:
    """These steps, in their order, by whose they are."""
    owners = dict(Step.objects.filter(pk__in=step_ids).values_list("pk", "design__owner_id"))
    found: dict[int, list[int]] = {}
    for pk in step_ids:
        if pk in owners:
            found.setdefault(owners[pk], []).append(pk)
    return found


def stale_steps(*, design_id: UUID, with_edited: bool) -> list[int]:
    """The steps of parts that are out of date; of parts that a person wrote only ``with_edited``."""
    stale = Part.objects.filter(design_id=design_id, retired=False, stale__isnull=False)
    if not with_edited:
        by_hand = Revision.objects.filter(part__in=stale, number=F("part__current"), by_hand=True)
        stale = stale.exclude(pk__in=by_hand.values("part"))
    return list(Step.objects.filter(part__in=stale).values_list("pk", flat=True))


def tokens_per_second(*, model: str, calls: int = 50) -> float | None:
    """How fast a model has lately written, over its last answered calls; None without any."""
    seen = Call.objects.filter(model=model, state=CallState.ANSWERED, latency__gt=0).order_by("-pk")[:calls]
    pairs = list(seen.values_list("output_tokens", "latency"))
    seconds = sum(latency or 0.0 for _, latency in pairs)
    return sum(tokens for tokens, _ in pairs) / seconds if seconds else None


#: What a run has used that asked nobody.
NOTHING_USED: Mapping[str, Any] = MappingProxyType(
    {"input_tokens": 0, "cached_tokens": 0, "output_tokens": 0, "cost_usd": None, "latency": 0}
)


def usage_of_run(*, step_id: int, run: int) -> dict[str, Any]:
    """What a step's run has used so far, for its provenance."""
    totals = Call.objects.filter(step_id=step_id, run=run).aggregate(
        input_tokens=Sum("input_tokens"),
        cached_tokens=Sum("cached_tokens"),
        output_tokens=Sum("output_tokens"),
        cost_usd=Sum("cost_usd"),
        latency=Sum("latency"),
    )
    return {key: (value if key == "cost_usd" else value or 0) for key, value in totals.items()}


_USAGE = written("""
    SELECT COUNT(*), COALESCE(SUM(input_tokens), 0), COALESCE(SUM(cached_tokens), 0), COALESCE(SUM(output_tokens), 0),
        CASE WHEN COUNT(cost_usd) = 0 AND SUM(input_tokens + output_tokens) > 0 THEN NULL
            ELSE COALESCE(SUM(cost_usd), 0) END
    FROM {calls} WHERE design_id = %s
""")


def usage_of_design(*, design_id: UUID) -> dict[str, Any]:
    """What a design's calls have used; ``cost_usd`` is None where nobody knows the price of any of them."""
    names = ("calls", "input_tokens", "cached_tokens", "output_tokens", "cost_usd")
    return dict(zip(names, ask(_USAGE, design_id)[0], strict=True))


def owners_list() -> list[tuple[Owner, int]]:
    """Every account with the number of its designs, for the operator."""
    counted = Owner.objects.annotate(count=Count("designs", filter=Q(designs__deleted_at=None))).order_by("username")
    return [(owner, owner.count) for owner in counted]


def designs_under_way(*, owner: Owner) -> list[Design]:
    return list(Design.objects.filter(owner=owner).exclude(state__in=TERMINAL))


def everything_of(*, owner: Owner) -> Iterator[tuple[str, dict[str, Any]]]:
    """An owner's account and designs, deleted ones that can still be taken back included, each with its history.

    Long lists are iterators that read each row when it is asked for, in whatever thread that is.
    """
    yield (
        "account",
        {
            "name": owner.username,
            "email": owner.email,
            "joined_at": shapes.moment(owner.date_joined),
            "tokens": [shapes.token(token) for token in owner.tokens.all()],
        },
    )
    for pk in list(Design.objects.filter(owner=owner).order_by("created_at").values_list("pk", flat=True)):
        design = Design.objects.filter(pk=pk).first()
        if design is not None:
            history = {
                "revisions": _history_of(design.pk),
                "changes": _changes_of(design.pk),
                "verifications": _verifications_of(design.pk),
                "requests": requested.requests_of(design.pk),
                "calls": _calls_of(design.pk),
            }
            yield f"designs/{design.pk}", {**_snapshot(design), **history}


def _history_of(design_id: UUID) -> Iterator[dict[str, Any]]:
    rows = Revision.objects.filter(part__design_id=design_id).select_related("part")
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        for row in rows.filter(pk=pk):
            yield {"kind": row.part.kind, "part": row.part.key, **shapes.revision(row)}


def _changes_of(design_id: UUID) -> Iterator[dict[str, Any]]:
    rows = ChangeSet.objects.filter(design_id=design_id)
    for pk in list(rows.order_by("result").values_list("pk", flat=True)):
        for row in rows.filter(pk=pk):
            yield shapes.change(row)


def _verifications_of(design_id: UUID) -> Iterator[dict[str, Any]]:
    rows = Verification.objects.filter(design_id=design_id)
    for pk in list(rows.order_by("number").values_list("pk", flat=True)):
        for row in rows.filter(pk=pk):
            yield shapes.verification(row)


def _calls_of(design_id: UUID) -> Iterator[dict[str, Any]]:
    calls = Call.objects.filter(design_id=design_id)
    for pk in list(calls.order_by("pk").values_list("pk", flat=True)):
        for row in calls.filter(pk=pk).values("model", "state", "raw", "input_tokens", "output_tokens", "cost_usd"):
            yield dict(row)


# What the sweeper looks for. These see all owners' rows and never reach a client.


#: A step that was enqueued so long from now was enqueued before the clock was set back.
CLOCK_SET_BACK = timedelta(seconds=60)


def steps_due(*, silent_for: timedelta) -> QuerySet[Step]:
    """Steps that should be running and are not: never handed over, handed over long ago, or with a lease run out."""
    now = timezone.now()
    silent = Q(enqueued_at=None) | Q(enqueued_at__lt=now - silent_for) | Q(enqueued_at__gt=now + CLOCK_SET_BACK)
    due = (Q(state=StepState.READY) & silent) | Q(state=StepState.RUNNING, lease_until__lt=now)
    under_way = Q(request__isnull=False) | ~Q(design__state__in=TERMINAL)
    return Step.objects.filter(due, under_way).order_by("ready_at", "pk")


def designs_stalled() -> list[UUID]:
    """Designs whose report waits although every other step has settled."""
    steps = Step.objects.filter(design=OuterRef("pk"))
    unsettled = steps.exclude(part=None).filter(state__in=UNSETTLED)
    waiting = steps.filter(part=None, request=None, state=StepState.WAITING)
    under_way = Design.objects.filter(Exists(waiting), ~Exists(unsettled), state__in=UNDER_WAY)
    return list(under_way.values_list("pk", flat=True))


def designs_with_report_due() -> list[UUID]:
    """Designs that have ended and were changed by hand since their report was made."""
    return list(_with_report_due().values_list("pk", flat=True))


def design_with_report_due(*, design_id: UUID) -> Design | None:
    return _with_report_due().filter(pk=design_id).first()


def _with_report_due() -> QuerySet[Design]:
    reported = Step.objects.filter(design=OuterRef("pk"), part=None, request=None, state=StepState.DONE)
    return Design.objects.filter(Exists(reported), report_due=True, deleted_at=None).exclude(state__in=UNDER_WAY)


def designs_overdue(*, before: datetime) -> list[UUID]:
    """Designs under way that should have ended before that time."""
    late = Design.objects.filter(deadline_at__lt=before)
    return list(late.filter(state__in=UNDER_WAY).values_list("pk", flat=True))


def steps_held() -> list[tuple[int, str]]:
    """Running steps and who holds them."""
    return list(Step.objects.filter(state=StepState.RUNNING).values_list("pk", "holder"))
