"""What the model server answers: plausible, consistent artifacts made from the messages by the offline drafter.

It reads the messages as a model would: the idea and the blueprint stand between marked lines, the instruction after
them says what is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from bench import stage_answers
from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.model import Attribute, Blueprint, Brief, Operation
from designchord.kinds.prompts import read_prompt
from designchord.kinds.registry import KINDS

_ENCLOSED = r"\[{name} (\w+) begins\]\n(.*?)\n\[{name} \1 ends\]"
_IDEA = re.compile(_ENCLOSED.format(name="idea"), re.DOTALL)
_REQUIREMENTS = re.compile(_ENCLOSED.format(name="requirements"), re.DOTALL)
_STATED = re.compile(_ENCLOSED.format(name="stated"), re.DOTALL)
_BLUEPRINT = re.compile(_ENCLOSED.format(name="blueprint"), re.DOTALL)
_LANGUAGE = re.compile(r"^Output language: (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a conversation asks for. ``kind`` is ``blueprint``, ``stage-things`` and the like, a kind's name, or
    ``other``; ``turn`` counts from 1."""

    kind: str
    idea: str
    blueprint: str
    instruction: str
    language: str
    turn: int

    @property
    def title(self) -> str:
        return self.idea.partition("\n")[0].removeprefix("Title: ")


def understand(messages: Sequence[dict[str, Any]]) -> Asked:
    """Find out what is asked for, from the first question; later turns are re-asks of the same."""
    texts = [str(message.get("content") or "") for message in messages if message.get("role") == "user"]
    first = texts[0] if texts else ""
    idea, blueprint = _IDEA.search(first), _BLUEPRINT.search(first)
    read = (idea, _REQUIREMENTS.search(first), _STATED.search(first), blueprint)
    after = max((match.end() for match in read if match), default=0)
    instruction = first[after:].strip()
    language = _LANGUAGE.search(first)
    return Asked(
        kind=_kind(instruction),
        idea=idea.group(2) if idea else first,
        blueprint=blueprint.group(2) if blueprint else "",
        instruction=instruction,
        language="ko" if language and language.group(1).startswith(("Korean", "한국")) else "en",
        turn=len(texts),
    )


def answer(asked: Asked) -> str:
    """The text that a good model would give."""
    if asked.kind == "blueprint":
        return _draft(asked.idea, asked.language)
    if asked.kind.startswith("stage-"):
        return stage_answers.answer(asked.kind, answering.load(_draft(asked.idea, asked.language)), asked.instruction)
    if asked.kind == "other":
        return "Ready."
    return _elaborate(asked.kind, asked.blueprint, asked.language, asked.instruction)


@cache
def _beginnings() -> dict[str, str]:
    """What the instructions for the blueprint and for each kind begin with, up to where they differ by design."""
    packages = {name: type(kind).__module__.rpartition(".")[0] for name, kind in KINDS.items()}
    prompts = {name: read_prompt(package).text for name, package in packages.items()}
    prompts["blueprint"] = read_prompt("designchord.blueprint").text
    for name in ("things", "operations", "relations", "attributes", "stories"):
        prompts[f"stage-{name}"] = read_prompt("designchord.blueprint.stages", f"{name}.md").text
    return {name: text.partition("\n")[0].partition("{")[0] for name, text in prompts.items()}


def _kind(instruction: str) -> str:
    head = instruction[:400]
    found = [(head.index(begins), name) for name, begins in _beginnings().items() if begins in head]
    return min(found)[1] if found else "other"


@lru_cache(maxsize=4096)
def _draft(idea: str, language: str) -> str:
    head, _, content = idea.partition("\n\n")
    content, _, requirements = content.partition("\n\nRequirements:\n\n")
    return answering.dump(drafter.draft(Brief(head.removeprefix("Title: "), content, requirements, language)))


@lru_cache(maxsize=4096)
def _elaborate(kind: str, compact: str, language: str, instruction: str) -> str:
    maker, blueprint = KINDS[kind], answering.read(compact, Brief("", "", "", language)).blueprint
    assert blueprint is not None
    if maker.about.notation == "openapi":
        return "\n".join(_compact_api(blueprint))
    parts = maker.parts(blueprint)
    named = [part for part in parts if f"`{part.key}`" in instruction] or [
        part for part in parts if part.key in instruction
    ]
    text = maker.skeleton(blueprint, named[0] if named else parts[0])
    return f"```mermaid\n{text.strip()}\n```\n" if maker.about.notation == "mermaid" else text


def _compact_api(blueprint: Blueprint) -> Iterator[str]:
    """The API in the short form that the prompt asks for."""
    yield f"api: {blueprint.title}"
    if blueprint.summary:
        yield f"about: {' '.join(blueprint.summary.split())}"
    yield "auth: none"
    for entity in blueprint.entities:
        yield f"\nschema {entity.name} # {entity.label}"
        yield from (f"  {_compact_field(attribute)}" for attribute in entity.attributes)
    section = ""
    for operation in blueprint.operations:
        if operation.section and operation.section != section:
            section = operation.section
            yield f"\nsection: {section}"
        yield from _compact_operation(operation)


def _compact_field(attribute: Attribute) -> str:
    kind = f"enum({', '.join(attribute.values)})" if attribute.values else attribute.type
    mark = "!" if attribute.required else ""
    target = f" -> {attribute.references}" if attribute.references else ""
    return f"{attribute.name}: {kind}{mark}{target}" + (f" # {attribute.label}" if attribute.label else "")


def _compact_operation(operation: Operation) -> Iterator[str]:
    served = f" {', '.join(operation.requirements)}" if operation.requirements else ""
    yield f"{operation.method} {operation.path} {operation.id}{served} # {operation.summary}"
    if operation.filters:
        yield f"  query: {', '.join(operation.filters)}"
    if operation.request:
        yield f"  body: {', '.join(operation.request)}"
    entity = operation.entity or ""
    yield f"  -> {'none' if not entity or operation.returns == 'none' else _RETURNS[operation.returns] + entity}"
    yield from (f"  {status}: {reason}" for status, reason in operation.errors if reason)


_RETURNS = {"one": "", "page": "page "}
