"""What an export is made from: a design as plain values, read out of a snapshot (``docs/http.md``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from designchord.export.labels import labels_in
from designchord.kinds.about import BLUEPRINT


@dataclass(frozen=True, slots=True)
class Artifact:
    """The newest revision of one part, and what is known about how it came to be."""

    kind: str
    part: str
    title: str
    source: str
    origin: str
    number: int = 1
    problems: tuple[Mapping[str, Any], ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    stale: bool = False

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What nobody checked, in words."""
        return tuple(str(item) for item in self.provenance.get("unchecked") or ())


#: What no file and no folder can be called on Windows, whatever follows after a dot.
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9¹²³]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Design:
    """A finished or unfinished design. ``report`` is the cross-check as JSON, ``missing`` names parts that failed,
    ``unelaborated`` those that code made because they failed."""

    id: str
    title: str
    content: str
    requirements: str
    language: str
    state: str
    model: str
    created_at: str
    artifacts: tuple[Artifact, ...] = ()
    report: Mapping[str, Any] | None = None
    missing: tuple[str, ...] = ()
    unelaborated: tuple[str, ...] = ()

    @property
    def blueprint(self) -> str | None:
        """The blueprint's source, JSON text."""
        return next((artifact.source for artifact in self.artifacts if artifact.kind == BLUEPRINT.name), None)

    @property
    def shown(self) -> tuple[Artifact, ...]:
        """The artifacts that a person reads, in reading order."""
        return tuple(artifact for artifact in self.artifacts if artifact.kind != BLUEPRINT.name)

    @property
    def file_stem(self) -> str:
        """A name for a download: letters of any script, digits and hyphens, at most 60 characters, and none that
        Windows keeps for its devices."""
        stem = re.sub(r"[^\w]+", "-", self.title).strip("-_")[:60].strip("-_")
        return f"design-{stem}" if _DEVICE.fullmatch(stem) else stem or "design"


def from_snapshot(snapshot: Mapping[str, Any]) -> Design:
    """Read a snapshot as the selectors and the HTTP API give it."""
    there = {(item["kind"], item.get("part") or "") for item in snapshot.get("artifacts") or ()}
    labels = labels_in(str(snapshot.get("language") or "en"))
    failed = {
        (step["kind"], step.get("part") or ""): _called(step, labels)
        for step in snapshot.get("steps") or ()
        if step.get("state") == "failed"
    }
    return Design(
        id=str(snapshot["id"]),
        title=str(snapshot.get("title") or ""),
        content=str(snapshot.get("content") or ""),
        requirements=str(snapshot.get("requirements") or ""),
        language=str(snapshot.get("language") or "en"),
        state=str(snapshot.get("state") or ""),
        model=str(snapshot.get("model") or ""),
        created_at=str(snapshot.get("created_at") or ""),
        artifacts=tuple(_artifacts(snapshot.get("artifacts") or ())),
        report=snapshot.get("report") or None,
        missing=tuple(name for place, name in failed.items() if place not in there),
        unelaborated=tuple(name for place, name in failed.items() if place in there),
    )


def _called(step: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """A step as the lists of parts call it."""
    kind = labels.get(f"kind.{step['kind']}", str(step.get("title") or step["kind"]))
    return f"{kind}: {step['title']}" if step.get("part") and step.get("title") else kind


def _artifacts(items: Any) -> Iterator[Artifact]:
    for item in items:
        revision = item.get("revision")
        if not revision:
            continue
        yield Artifact(
            kind=str(item["kind"]),
            part=str(item.get("part") or ""),
            title=str(item.get("title") or ""),
            source=str(revision.get("source") or ""),
            origin=str(revision.get("origin") or ""),
            number=int(revision.get("number") or 1),
            problems=tuple(revision.get("problems") or ()),
            provenance=revision.get("provenance") or {},
            stale=bool(item.get("stale")),
        )
