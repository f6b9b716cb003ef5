from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from designchord.blueprint.model import Blueprint, Brief, Entity
from designchord.blueprint.things import Thing, things
from designchord.kinds.about import About
from designchord.kinds.base import Part
from designchord.kinds.diagram import DiagramKind
from designchord.kinds.prompts import name_language, read_prompt
from designchord.notation.facts import Facts
from designchord.notation.mermaid import parse
from designchord.notation.problems import Fix, Problem
from tests.lifecycle.about import ABOUT

_PROMPT: Final = read_prompt(__package__)


class LifecycleKind(DiagramKind):
    about: ClassVar[About] = ABOUT
    prompt_version: ClassVar[str] = _PROMPT.version
    max_tokens: ClassVar[int] = 1_000

    def parts(self, blueprint: Blueprint) -> tuple[Part, ...]:
        used = {operation.entity for operation in blueprint.operations}
        return tuple(Part(_key(one), one.label) for one in blueprint.entities if one.name in used)

    def made_from(self, blueprint: Blueprint, part: Part) -> Mapping[Thing, Any]:
        own = {_key(one): one.name for one in blueprint.entities}[part.key]
        used = {one.id for one in blueprint.operations if one.entity == own}
        return {
            thing: told for thing, told in things(blueprint, "entity", "operation").items() if thing[1] in (own, *used)
        }

    def prompt(self, brief: Brief, blueprint: Blueprint, part: Part) -> str:
        return _PROMPT.fill(entity=part.key, language=name_language(brief.language))

    def fix(self, source: str) -> tuple[str, tuple[Fix, ...]]:
        return source, ()

    def check(self, source: str) -> tuple[Problem, ...]:
        problems = super().check(source)
        if problems or "[*] -->" in source:
            return problems
        message = "Nothing says where this life begins."
        return (
            Problem(code="lifecycle.no_beginning", severity="warning", message=message, hint="Begin at [*].", line=1),
        )

    def facts(self, source: str) -> Facts | None:
        if not parse(source).valid:
            return None
        written = " ".join(re.findall(r"^\s*%%(.*)$", source, re.MULTILINE))
        return Facts(requirements=frozenset(re.findall(r"\bR[0-9]+\b", written)))

    def skeleton(self, blueprint: Blueprint, part: Part) -> str:
        entity = next(one for one in blueprint.entities if _key(one) == part.key)
        own = [operation for operation in blueprint.operations if operation.entity == entity.name]
        said = dict.fromkeys(name for operation in own for name in operation.requirements)
        lines = ["stateDiagram-v2", f"    %% {', '.join(said)}", "    [*] --> Kept"]
        lines += [f"    Kept --> Kept: {one.id}" for one in own if one.method in ("PUT", "PATCH")]
        lines += [f"    Kept --> [*]: {one.id}" for one in own if one.method == "DELETE"]
        return "\n".join(lines) + "\n"


def _key(entity: Entity) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", entity.name).lower()
