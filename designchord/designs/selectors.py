"""Every read. Whatever a client may see goes through a function that takes the owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from designchord.designs import shapes
from designchord.designs.models import (
    SETTLED,
    TERMINAL,
    Artifact,
    Call,
    CallState,
    Design,
    DesignState,
    Origin,
    Owner,
    Revision,
    Step,
    StepState,
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
    *, owner: Owner, query: str = "", state: str = "", cursor: str = "", limit: int = 50
) -> dict[str, Any]:
    """An owner's designs, newest first, a page at a time; ``next`` is the cursor of the following page."""
    rows = Design.objects.filter(owner=owner, deleted_at=None).order_by("-created_at", "-id")
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


def current_revisions(design_id: UUID) -> list[tuple[Artifact, Revision]]:
    """Every artifact that is shown, in reading order, with its current revision."""
    rows = Revision.objects.filter(
        artifact__design_id=design_id, artifact__retired=False, number=F("artifact__current")
    ).select_related("artifact")
    return [(row.artifact, row) for row in rows.order_by("artifact__position", "artifact_id")]


_SOURCES = written("""
    SELECT artifact.kind, artifact.part, revision.source FROM {artifacts} AS artifact
    JOIN {revisions} AS revision ON revision.artifact_id = artifact.id AND revision.number = artifact.current
    WHERE artifact.design_id = %s AND NOT artifact.retired ORDER BY artifact.position, artifact.id
""")


def current_sources(*, design_id: UUID) -> dict[tuple[str, str], str]:
    """The source of every artifact that is shown, by kind and part, in reading order."""
    return {(kind, part): source for kind, part, source in ask(_SOURCES, design_id)}


def snapshot(*, owner: Owner, design_id: UUID | str) -> dict[str, Any]:
    """All that a page needs, as of ``last_event_id`` (``docs/http.md``)."""
    return _snapshot(design_get(owner=owner, design_id=design_id))


def shared_snapshot(*, token: str) -> dict[str, Any]:
    """The design that was shared under a token, whoever asks; ``NotFound`` for any other token."""
    design = Design.objects.filter(share_token=token, deleted_at=None).first() if token else None
    if design is None:
        raise NotFound("There is nothing under this link.", code="share_not_found")
    return _snapshot(design)


def _snapshot(design: Design) -> dict[str, Any]:
    """The design was read first, so what follows is at least as new as its ``last_event``: whoever then applies the
    events after that number sets some things once more to what they are, and misses none."""
    steps = list(design.steps.all())
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
        **shapes.design(design),
        "created_at": shapes.moment(design.created_at),
        "deadline_at": shapes.moment(design.deadline_at),
        "last_event_id": design.last_event,
        "steps": [shapes.step(step) for step in steps],
        "artifacts": [shapes.artifact(artifact, revision) for artifact, revision in artifacts],
        "report": design.report,
        "usage": usage,
        "shared": f"/share/{design.share_token}" if design.share_token else None,
    }


def events_after(*, design_id: UUID | str, after: int, limit: int = 500) -> list[Event]:
    """A design's stored events with numbers above ``after``, in order, with large values filled in.

    The caller has checked whose design it is.
    """
    rows = list(EventRow.objects.filter(design_id=design_id, number__gt=after).order_by("number")[:limit])
    return [Event(design=str(design_id), type=row.type, id=row.number, data=_filled(row)) for row in rows]  # type: ignore[arg-type]


def _filled(row: EventRow) -> dict[str, Any]:
    if row.type == "revision":
        artifact = Artifact.objects.get(pk=row.data["artifact"])
        revision = Revision.objects.get(artifact=artifact, number=row.data["number"])
        return shapes.artifact(artifact, revision)
    if row.type == "report":
        report = Design.objects.values_list("report", flat=True).get(pk=row.design_id)
        return {"report": report, "usage": usage_of_design(design_id=row.design_id)}
    return dict(row.data)


def artifact_get(
    *, owner: Owner, design_id: UUID | str, kind: str, part: str = ""
) -> tuple[Design, Artifact, Revision]:
    design = design_get(owner=owner, design_id=design_id)
    artifact = Artifact.objects.filter(design=design, kind=kind, part=part, current__gt=0).first()
    if artifact is None:
        raise NotFound("There is no such artifact in this design.", code="artifact_not_found")
    return design, artifact, Revision.objects.get(artifact=artifact, number=artifact.current)


def revisions_list(*, owner: Owner, design_id: UUID | str, kind: str, part: str = "") -> list[dict[str, Any]]:
    """An artifact's history, newest first, without the sources."""
    _, artifact, _ = artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
    return [shapes.revision(row, with_source=False) for row in artifact.revisions.order_by("-number")]


def revision_get(*, owner: Owner, design_id: UUID | str, kind: str, part: str, number: int) -> Revision:
    _, artifact, _ = artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
    revision = Revision.objects.filter(artifact=artifact, number=number).first()
    if revision is None:
        raise NotFound("There is no such revision.", code="revision_not_found")
    return revision


def current_source(*, design_id: UUID, kind: str, part: str) -> str | None:
    """The source of an artifact's current revision."""
    revisions = Revision.objects.filter(artifact__design_id=design_id, artifact__kind=kind, artifact__part=part)
    return revisions.filter(number=F("artifact__current")).values_list("source", flat=True).first()


def blueprint_source(*, design_id: UUID) -> str | None:
    """The source of a design's current blueprint, or None before there is one."""
    return current_source(design_id=design_id, kind="blueprint", part="")


_READY = written("SELECT id FROM {steps} WHERE design_id = %s AND state = 'ready' ORDER BY position, id")


def steps_ready(*, design_id: UUID) -> list[int]:
    """A design's steps that anybody may take."""
    return [pk for (pk,) in ask(_READY, design_id)]


def steps_by_owner(*, step_ids: Sequence[int]) -> dict[int, list[int]]:
    """These steps, in their order, by whose they are."""
    owners = dict(Step.objects.filter(pk__in=step_ids).values_list("pk", "design__owner_id"))
    found: dict[int, list[int]] = {}
    for pk in step_ids:
        if pk in owners:
            found.setdefault(owners[pk], []).append(pk)
    return found


def stale_steps(*, design_id: UUID, with_edited: bool) -> list[int]:
    """The steps of artifacts that are out of date; ones a person edited last only ``with_edited``."""
    stale = Revision.objects.filter(
        artifact__design_id=design_id, artifact__retired=False, number=F("artifact__current")
    ).exclude(Q(artifact__kind="blueprint") | Q(inputs=F("artifact__inputs")))
    if not with_edited:
        stale = stale.exclude(origin=Origin.EDITED)
    parts = stale.values_list("artifact__kind", "artifact__part")
    wanted = set(parts)
    steps = Step.objects.filter(design_id=design_id).values_list("pk", "kind", "part")
    return [pk for pk, kind, part in steps if (kind, part) in wanted]


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
    """An owner's account and designs, deleted ones that can still be taken back included, each with its history."""
    yield (
        "account",
        {
            "name": owner.username,
            "email": owner.email,
            "joined_at": shapes.moment(owner.date_joined),
            "tokens": [shapes.token(token) for token in owner.tokens.all()],
        },
    )
    for design in Design.objects.filter(owner=owner).order_by("created_at").iterator(chunk_size=20):
        rows = Revision.objects.filter(artifact__design=design).select_related("artifact").order_by("pk")
        calls = design.calls.order_by("pk").values("model", "state", "raw", "input_tokens", "output_tokens", "cost_usd")
        yield (
            f"designs/{design.pk}",
            {
                **_snapshot(design),
                "revisions": [
                    {"kind": row.artifact.kind, "part": row.artifact.part, **shapes.revision(row)} for row in rows
                ],
                "calls": list(calls),
            },
        )


# What the sweeper looks for. These see all owners' rows and never reach a client.


def steps_due(*, silent_for: timedelta) -> QuerySet[Step]:
    """Steps that should be running and are not: never handed over, handed over long ago, or with a lease run out."""
    now = timezone.now()
    silent = Q(enqueued_at=None) | Q(enqueued_at__lt=now - silent_for)
    due = (Q(state=StepState.READY) & silent) | Q(state=StepState.RUNNING, lease_until__lt=now)
    return Step.objects.filter(due).exclude(design__state__in=TERMINAL).order_by("ready_at", "pk")


def designs_stalled() -> list[UUID]:
    """Designs whose report waits although every other step has settled."""
    unsettled = Step.objects.exclude(kind="report").exclude(state__in=SETTLED).values("design_id")
    waiting = Step.objects.filter(kind="report", state=StepState.WAITING).exclude(design_id__in=unsettled)
    return list(waiting.exclude(design__state__in=TERMINAL).values_list("design_id", flat=True))


def designs_overdue(*, by: timedelta) -> list[UUID]:
    """Designs that should have ended ``by`` ago."""
    late = Design.objects.filter(deadline_at__lt=timezone.now() - by)
    return list(late.filter(state__in=[DesignState.QUEUED, DesignState.RUNNING]).values_list("pk", flat=True))


def steps_held() -> list[tuple[int, str]]:
    """Running steps and who holds them."""
    return list(Step.objects.filter(state=StepState.RUNNING).values_list("pk", "holder"))
