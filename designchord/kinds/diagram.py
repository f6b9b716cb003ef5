"""What all kinds have in common whose artifacts are Mermaid diagrams of one family."""

from __future__ import annotations

from typing import ClassVar

from designchord.blueprint.model import Blueprint
from designchord.kinds.base import Candidate, Kind, Part
from designchord.notation.answer import find_mermaid
from designchord.notation.mermaid import header, parse
from designchord.notation.problems import Problem, required


class DiagramKind(Kind):
    """A kind of diagrams of the family that its ``about`` names."""

    answers_in: ClassVar[str] = "mermaid"

    def extract(self, answer: str, blueprint: Blueprint, part: Part) -> Candidate:
        found = find_mermaid(answer, self.about.keyword)
        if not found:
            return self.not_found(found.fixes, f"Answer with the diagram alone, beginning with `{self.about.keyword}`.")
        return Candidate(found.text.rstrip() + "\n", found.fixes)

    def check(self, source: str) -> tuple[Problem, ...]:
        diagram = parse(source)
        if diagram.type in (None, self.about.family):
            return diagram.refused + required(diagram.problems, f"{self.about.family}.empty")
        wrong = Problem(
            code=f"{self.name}.wrong_type",
            severity="error",
            message=f"This is another diagram (`{header(source)}`), not a {self.about.noun}.",
            hint=f"Begin with `{self.about.keyword}`.",
            line=1,
        )
        return (wrong,)
