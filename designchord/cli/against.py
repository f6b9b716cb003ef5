"""The design that something built is held against: stored here or on a server, a folder, or a blueprint alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designchord.errors import BadInput

if TYPE_CHECKING:
    from designchord.blueprint.model import Blueprint
    from designchord.cli.reporting import Place
    from designchord.rehearsal.stage import Stage
    from designchord.rehearsal.stories import Telling
    from designchord.verification.plan import Plan


@dataclass(frozen=True, slots=True)
class Against:
    """``parts`` are the sources of what was made of the blueprint, as far as they are there."""

    plan: Plan
    blueprint: Blueprint
    parts: dict[tuple[str, str], str] = field(default_factory=dict)

    def stage(self, telling: Telling) -> Stage:
        """The stories and the API that they are played on; what is not there is compiled from the blueprint."""
        from designchord.kinds.registry import KINDS
        from designchord.rehearsal.stage import api_of, stage_of

        sources = dict(self.parts)
        if api_of(sources) is None:
            for name, kind in KINDS.items():
                if kind.about.notation == "openapi" or "relations" in kind.about.provides:
                    sources |= {
                        (name, part.key): kind.skeleton(self.blueprint, part) for part in kind.parts(self.blueprint)
                    }
        stage = stage_of(sources, self.blueprint, telling)
        if stage is None:
            raise BadInput("The design has no API that can be read, so it cannot be played.", code="no_api")
        return stage


def read_design(design: str, place: Place | None) -> Against:
    from designchord.cli.inputs import read_given, shown
    from designchord.cli.texts import read_file
    from designchord.readers.joining import Given, join
    from designchord.readers.system import System
    from designchord.verification.plan import plan_of

    path = Path(design)
    source_file = path / "blueprint.json" if path.is_dir() else path
    if source_file.is_file() and source_file.suffix == ".json":
        from designchord.cli.staging import read_parts

        source = read_file(source_file).text or ""
        blueprint = _checked(source, source_file)
        parts = read_parts(path) if path.is_dir() else {}
        return Against(plan_of(blueprint, shown(source_file), source), blueprint, parts)
    if path.is_dir():
        joined = join(System(read_given([design])), Given())
        if joined is None:
            raise BadInput(f"{path} holds no design: no blueprint.json, no data model, no API.", code="empty")
        return Against(plan_of(joined.blueprint, shown(path)), joined.blueprint)
    return _stored(design, place)


def _checked(source: str, file: Path) -> Blueprint:
    from designchord.blueprint import answering

    blueprint, problems = answering.check(source)
    if blueprint is None:
        wrong = next((one.message for one in problems if one.severity == "error"), "it is no blueprint")
        raise BadInput(f"{file} cannot be used: {wrong}", code="invalid_blueprint")
    return blueprint


def _stored(design_id: str, place: Place | None) -> Against:
    """From the server that is reported to, where no other is named."""
    from designchord.blueprint import answering
    from designchord.cli.session import chosen_server, reached
    from designchord.export.design import from_snapshot
    from designchord.verification.plan import plan_of

    snapshot: dict[str, Any]
    if place is not None and chosen_server() is None:
        snapshot = place.snapshot()
    else:
        with reached() as designs:
            snapshot = designs.snapshot(design_id)
    stored = from_snapshot(snapshot)
    if not stored.blueprint:
        raise BadInput("This design has no blueprint yet.", code="no_blueprint")
    blueprint = answering.load(stored.blueprint)
    parts = {(one.kind, one.part): one.source for one in stored.shown}
    return Against(plan_of(blueprint, f"design {design_id}"), blueprint, parts)
