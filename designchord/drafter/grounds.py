"""Why a drafted blueprint holds what it holds: for each thing the words of the text that led to it, and the rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from designchord.blueprint.grounding import Grounding, Grounds
from designchord.blueprint.idea import Row, joined_rows
from designchord.blueprint.model import Blueprint, Brief
from designchord.drafter.drafting import Evidence, explain, names_in
from designchord.drafter.sketch import Assume

#: What a rule says, in words; ``{word}`` is what was recognised.
RULES: Final = {
    "word": "the word “{word}”",
    "meant": "the words speak of “{word}”",
    "given": "stands in the text as a table, a diagram or a route",
    "glossary": "the text's own glossary",
    "heading": "a heading names it",
    "text": "the sentence joins the two",
    "catalogue": "such records usually belong together",
    "own": "it belongs to whoever makes it",
    "foreign_key": "a key that holds a relation",
    "brought": "assumed: it comes with “{word}”",
    "assumed": "not in the text: assumed",
    "usual": "every such record needs it",
    "named": "requirement {word} asks for it, as the model says",
    "joins": "it joins two things that the text speaks of",
}

#: Reasons that are rules by themselves; any other reason is the word that was recognised.
_OWN_RULES: Final = frozenset({"given", "glossary", "heading", "text", "catalogue", "own"})


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for one thing. ``name`` is ``Loan``, ``Tool-Loan``, ``Loan.due_on`` or ``createLoan`` by its ``kind``.

    ``words`` stand in ``field`` (title, content, requirements) on ``line``, from 1; 0 where there are none.
    """

    kind: str
    name: str
    label: str
    rule: str
    word: str = ""
    words: str = ""
    field: str = ""
    line: int = 0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"because": self.because}

    @property
    def because(self) -> str:
        """The rule in words."""
        return RULES[self.rule].format(word=self.word)


def find_grounds(brief: Brief, blueprint: Blueprint, *, assume: Assume = "usual") -> tuple[Ground, ...]:
    """The grounds of everything in a blueprint that rules drafted from ``brief``, in the blueprint's order."""
    rows = joined_rows(brief)
    found: dict[str, list[Evidence]] = {}
    for evidence in dict.fromkeys(explain(brief, assume=assume)):
        found.setdefault(evidence.about, []).append(evidence)

    def grounds(kind: str, name: str, label: str, otherwise: str, *, assumed: bool = False) -> Iterator[Ground]:
        known = found.get(f"{kind}:{name}", [])
        for evidence in known:
            by_itself = evidence.reason in _OWN_RULES
            rule = ("assumed" if assumed else evidence.reason) if by_itself else "brought" if assumed else "word"
            word = "" if by_itself else evidence.reason
            if rule == "word" and word.casefold() not in evidence.words.casefold():
                rule = "meant"
            row = rows[evidence.line - 1] if 0 < evidence.line <= len(rows) else None
            place = (row.field, row.line) if row is not None else ("", 0)
            yield Ground(kind, name, label, rule, word, evidence.words, *place)
        if not known:
            yield Ground(kind, name, label, "assumed" if assumed else otherwise)

    told: list[Ground] = []
    for actor in blueprint.actors:
        told += grounds("actor", actor.id, actor.label, "assumed")
    for entity in blueprint.entities:
        told += grounds("entity", entity.name, entity.label, "usual", assumed=entity.assumed)
        for one in entity.attributes:
            otherwise = "foreign_key" if one.references else "usual"
            told += grounds("attribute", f"{entity.name}.{one.name}", one.label, otherwise, assumed=one.assumed)
    for relation in blueprint.relations:
        name = f"{relation.source}-{relation.target}"
        told += grounds("relation", name, relation.label, "catalogue", assumed=relation.assumed)
    for operation in blueprint.operations:
        told += grounds("operation", operation.id, operation.summary, "usual", assumed=operation.assumed)
    return tuple(told)


def find_grounds_of_answer(brief: Brief, blueprint: Blueprint) -> tuple[Ground, ...]:
    """The same of a model's blueprint: where the text speaks of each thing, or which requirement it serves."""
    grounding = Grounding(blueprint, brief, known=lambda: names_in(brief))

    def ground(kind: str, name: str, label: str, grounds: Grounds) -> Ground:
        word = grounds.requirement or (label if grounds.rule in ("word", "meant") else "")
        row = grounds.row or Row("")
        return Ground(kind, name, label, grounds.rule, word, row.text.strip()[:200], row.field, row.line)

    told = [ground("actor", one.id, one.label, grounding.of_actor(one)) for one in blueprint.actors]
    for entity in blueprint.entities:
        told.append(ground("entity", entity.name, entity.label, grounding.of_entity(entity)))
        for one in entity.attributes:
            name = f"{entity.name}.{one.name}"
            said = grounding.of_attribute(one)
            if said is not None:
                told.append(ground("attribute", name, one.label, said))
            else:
                told.append(Ground("attribute", name, one.label, "foreign_key" if one.references else "usual"))
    told += [ground("operation", one.id, one.summary, grounding.of_operation(one)) for one in blueprint.operations]
    return tuple(told)
