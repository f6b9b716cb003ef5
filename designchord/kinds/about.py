"""How a kind of artifact describes itself, so that no face has to know which kinds there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from designchord.notation.mermaid.families import FAMILIES

#: The language that an artifact's source is written in. How it is shown, drawn and taken along follows from it.
Notation = Literal["markdown", "mermaid", "openapi", "blueprint", "json"]

#: What the cross-check can learn from artifacts: the fields of ``notation.facts.Facts``, and that each part draws the
#: scenario whose id is the part's key.
Fact = Literal["entities", "relations", "operations", "schemas", "participants", "calls", "requirements", "scenarios"]

#: How much of a design a model writes. ``quick``: the blueprint, of which code compiles everything else; ``standard``:
#: also what gains most by it; ``thorough``: every part.
Effort = Literal["quick", "standard", "thorough"]
EFFORTS: Final[tuple[Effort, ...]] = get_args(Effort)

#: ``all``: has to name every requirement; ``functional``: has to show what meets the functional ones.
Coverage = Literal["all", "functional"]

#: Endings of files, and how code hosts call the language of such a file.
SUFFIXES: Final[Mapping[Notation, str]] = {
    "markdown": ".md",
    "mermaid": ".mmd",
    "openapi": ".json",
    "blueprint": ".json",
    "json": ".json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What there is to say about a kind without looking at an artifact.

    ``labels`` by language, English and Korean at least; ``noun`` is what one of its artifacts is called in an English
    sentence. ``elaborated`` are the efforts in which a model writes it. ``file`` is the name of its main file, with
    ``{part}`` where a design may have several. ``family`` is that of its diagrams
    (``notation/mermaid/families.json``). ``provides`` names what the cross-check learns from it, ``covers`` the
    requirements that have to be found in it. ``problems`` and ``fixes`` explain the kind's own codes.
    """

    name: str
    labels: Mapping[str, str]
    noun: str
    notation: Notation
    file: str
    family: str = ""
    provides: frozenset[Fact] = frozenset()
    covers: Coverage | None = None
    elaborated: frozenset[Effort] = frozenset({"thorough"})
    problems: Mapping[str, str] = field(default_factory=dict)
    fixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def drawn(self) -> bool:
        """Whether its source is a diagram, which can be shown as a picture."""
        return self.notation == "mermaid"

    @property
    def keyword(self) -> str:
        """The word that its diagrams begin with; empty where they are none."""
        return next((family.headers[0] for family in FAMILIES if family.name == self.family), "")

    @property
    def suffix(self) -> str:
        return SUFFIXES[self.notation]

    def label(self, language: str) -> str:
        """What the kind is called in a language (BCP 47); in English where it has no name in that one."""
        return self.labels.get(language.split("-")[0].lower(), self.labels["en"])

    def file_of(self, part: str) -> str:
        return self.file.replace("{part}", part)

    def part_of(self, stem: str) -> str:
        """The part that a file of this name, without its ending, stands for; the other way round of ``file_of``."""
        if "{part}" not in self.file:
            return ""
        before, _, after = self.file.removesuffix(self.suffix).partition("{part}")
        return stem.removeprefix(before).removesuffix(after)


#: What stands beside the artifacts of the kinds and is shown like one of them.
BLUEPRINT: Final = About(
    name="blueprint",
    labels={"en": "Blueprint", "ko": "청사진"},
    noun="blueprint",
    notation="blueprint",
    file="blueprint.json",
)
REPORT: Final = About(
    name="report",
    labels={"en": "Cross-check", "ko": "교차 검증"},
    noun="report",
    notation="json",
    file="report.json",
)
