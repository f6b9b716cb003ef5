"""The design document: Markdown that a team can start from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.things import Thing, things
from designchord.kinds.about import About
from designchord.kinds.base import Candidate, Kind, Part
from designchord.kinds.document.about import ABOUT
from designchord.kinds.document.checking import check_document
from designchord.kinds.document.skeleton import write_document
from designchord.kinds.prompts import name_language, read_prompt
from designchord.notation.answer import find_markdown
from designchord.notation.facts import Facts
from designchord.notation.problems import Fix, Problem

#: ``R1`` as a word of its own; a Korean particle may follow it without a space.
REQUIREMENT_ID = re.compile(r"(?<![A-Za-z0-9_-])R[0-9]{1,4}(?![A-Za-z0-9_])")


class DocumentKind(Kind):
    about: ClassVar[About] = ABOUT
    answers_in: ClassVar[str] = "markdown"
    prompt_version: ClassVar[str] = read_prompt(__package__).version
    max_tokens: ClassVar[int] = 8_000

    def parts(self, blueprint: Blueprint) -> tuple[Part, ...]:
        return (Part("", blueprint.title),)

    def made_from(self, blueprint: Blueprint, part: Part) -> Mapping[Thing, Any]:
        return things(blueprint)

    def prompt(self, brief: Brief, blueprint: Blueprint, part: Part) -> str:
        return read_prompt(__package__).fill(language=name_language(brief.language))

    def extract(self, answer: str, blueprint: Blueprint, part: Part) -> Candidate:
        found = find_markdown(answer)
        if found:
            return Candidate(found.text.rstrip() + "\n", found.fixes)
        return self.not_found(found.fixes, "Answer with the Markdown document, beginning with its title.")

    def fix(self, source: str) -> tuple[str, tuple[Fix, ...]]:
        from designchord.kinds.document.mending import mend_document  # loaded when something is to be mended

        return mend_document(source)

    def check(self, source: str) -> tuple[Problem, ...]:
        return check_document(source)

    def facts(self, source: str) -> Facts:
        return Facts(requirements=frozenset(REQUIREMENT_ID.findall(source)))

    def skeleton(self, blueprint: Blueprint, part: Part) -> str:
        return write_document(blueprint)
