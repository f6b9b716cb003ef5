"""The ER diagram: one part, all entities of the blueprint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.things import Thing, things
from designchord.kinds.about import About
from designchord.kinds.base import Part
from designchord.kinds.diagram import DiagramKind
from designchord.kinds.erd.about import ABOUT
from designchord.kinds.erd.skeleton import draw
from designchord.kinds.prompts import name_language, read_prompt
from designchord.notation.facts import AttributeFact, Cardinality, EntityFact, Facts, RelationFact
from designchord.notation.mermaid import Attribute, EntityRelations, Relationship, parse
from designchord.notation.problems import Fix, Problem

_PROMPT: Final = read_prompt(__package__)
_ONE: Final = frozenset({"ONLY_ONE", "ZERO_OR_ONE"})


class ErdKind(DiagramKind):
    about: ClassVar[About] = ABOUT
    prompt_version: ClassVar[str] = _PROMPT.version
    max_tokens: ClassVar[int] = 6_000

    def parts(self, blueprint: Blueprint) -> tuple[Part, ...]:
        return (Part("", "ERD"),)

    def made_from(self, blueprint: Blueprint, part: Part) -> Mapping[Thing, Any]:
        unsaid = {"description": True, "requirements": True, "assumed": True, "attributes": {"__all__": {"assumed"}}}
        return things(blueprint, "entity", "relation", without={"entity": unsaid, "relation": {"assumed"}})

    def prompt(self, brief: Brief, blueprint: Blueprint, part: Part) -> str:
        return _PROMPT.fill(language=name_language(brief.language))

    def fix(self, source: str) -> tuple[str, tuple[Fix, ...]]:
        from designchord.notation.mermaid.families.er.fixes import fix  # loaded when something is to be mended

        return fix(source)

    def check(self, source: str) -> tuple[Problem, ...]:
        er = parse(source).er
        return super().check(source) + (tuple(_rules(er)) if er is not None else ())

    def facts(self, source: str) -> Facts | None:
        er = parse(source).er
        if er is None:
            return None
        entities = tuple(
            EntityFact(pascal_case(entity.name), tuple(map(_attribute, entity.attributes)), entity.line)
            for entity in er.entities
        )
        return Facts(entities=entities, relations=tuple(map(_relation, er.relationships)))

    def skeleton(self, blueprint: Blueprint, part: Part) -> str:
        return draw(blueprint)


def pascal_case(name: str) -> str:
    """``LINE-ITEM`` and ``line_item`` → ``LineItem``; a name that has no ASCII letters stays as it is written."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    if not words or not name.isascii():
        return name
    return "".join(
        (word.lower() if word.isupper() and len(word) > 1 else word)[:1].upper()
        + (word.lower() if word.isupper() else word)[1:]
        for word in words
    )


def _attribute(attribute: Attribute) -> AttributeFact:
    return AttributeFact(
        attribute.name,
        attribute.type,
        primary="PK" in attribute.keys,
        foreign="FK" in attribute.keys,
        required="PK" in attribute.keys,
        line=attribute.line,
        unique="UK" in attribute.keys,
    )


def _relation(relation: Relationship) -> RelationFact:
    ends = (relation.source_end in _ONE, relation.target_end in _ONE)
    cardinality: dict[tuple[bool, bool], Cardinality] = {
        (True, True): "one_to_one",
        (True, False): "one_to_many",
        (False, True): "many_to_one",
        (False, False): "many_to_many",
    }
    return RelationFact(
        pascal_case(relation.source), pascal_case(relation.target), cardinality[ends], relation.label, relation.line
    )


def _rules(er: EntityRelations) -> list[Problem]:
    related = {end for relation in er.relationships for end in (relation.source, relation.target)}
    problems = []
    for entity in er.entities:
        if not entity.attributes:
            problems.append(
                Problem(
                    code="erd.no_attributes",
                    severity="warning",
                    message=f"`{entity.name}` has no attributes.",
                    hint=f"List them: `{entity.name} {{ uuid id PK }}`.",
                    line=entity.line,
                )
            )
        elif not any("PK" in attribute.keys for attribute in entity.attributes):
            problems.append(
                Problem(
                    code="erd.no_primary_key",
                    severity="warning",
                    message=f"`{entity.name}` has no primary key.",
                    hint="Mark the attribute that identifies it with `PK`.",
                    line=entity.line,
                )
            )
        foreign = [attribute for attribute in entity.attributes if "FK" in attribute.keys]
        if foreign and entity.name not in related:
            problems.append(
                Problem(
                    code="erd.foreign_key_without_relation",
                    severity="warning",
                    message=f"`{entity.name}.{foreign[0].name}` is a foreign key, but `{entity.name}` has no relation.",
                    hint="Draw the relation to the entity that it points to.",
                    line=foreign[0].line,
                )
            )
    return problems
