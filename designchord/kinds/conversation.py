"""How a design is talked about with a model: as (role, text) pairs, pure and without knowledge of any provider.

Every conversation about a design begins with the same bytes (system text, idea, blueprint), and what differs comes
last, so that providers' prefix caches hit. What a person or a model wrote enters as data between two marked lines.
The mark comes from the enclosed text's own hash, so no text can contain the line that would close it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from designchord.blueprint import answering
from designchord.blueprint.compact_writing import write_compact
from designchord.blueprint.model import Brief, Requirement
from designchord.kinds.prompts import name_language, read_prompt
from designchord.notation.problems import Problem

Role = Literal["system", "user", "assistant"]
Turn = tuple[Role, str]

#: More problems than this in one re-ask distract more than they help; the rest shows up in the next check.
MAX_REASKED = 20

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

_WHAT = {"markdown": "Markdown document", "mermaid": "Mermaid diagram", "json": "JSON object", "text": "artifact"}


def blueprint_opening(
    brief: Brief, requirements: Sequence[Requirement] = (), stated: Sequence[str] = ()
) -> tuple[Turn, ...]:
    """Ask for the blueprint of an idea whose requirements were numbered; ``stated`` is what its text gives outright."""
    said = [_idea(brief)]
    if requirements:
        said.append(_numbered(requirements))
    if stated:
        told = enclose("stated", "\n".join(stated))
        said.append(f"What the idea states outright; the blueprint has all of it under these names:\n\n{told}")
    return (("system", _system()), ("user", "\n\n".join([*said, blueprint_instruction(brief)])))


def stage_opening(
    brief: Brief, requirements: Sequence[Requirement], stage: str, values: Mapping[str, str]
) -> tuple[Turn, ...]:
    """Ask for one stage of a blueprint. All stages begin with the same words."""
    said = [_idea(brief)]
    if requirements:
        said.append(_numbered(requirements))
    prompt = read_prompt("designchord.blueprint.stages", f"{stage}.md")
    # Values hold the author's own words: they are filled in at one go, and nothing in them is.
    said.append(prompt.fill(language=name_language(brief.language), **values))
    return (("system", _system()), ("user", "\n\n".join(said)))


def blueprint_instruction(brief: Brief) -> str:
    """What follows the idea when its blueprint is asked for."""
    return read_prompt("designchord.blueprint").fill(language=name_language(brief.language))


def blueprint_prompt_version() -> str:
    return read_prompt("designchord.blueprint").version


def part_opening(brief: Brief, blueprint_json: str, instruction: str) -> tuple[Turn, ...]:
    """Ask for one part of a kind. Everything before ``instruction`` is the same for all parts of a design.

    ``blueprint_json`` is a blueprint that ``blueprint.answering.check`` accepts.
    """
    shared = _shared_known if len(blueprint_json) <= _REMEMBERED_CHARS else _shared
    return (("system", _system()), ("user", f"{shared(brief, blueprint_json)}\n\n{instruction.strip()}"))


def change_opening(
    brief: Brief, described: str, words: str, answered: tuple[str, str] | None = None
) -> tuple[Turn, ...]:
    """Ask what a request in words changes of a blueprint, of which ``described`` names all things; ``answered`` is what
    was asked back, and what the author said to that."""
    said = [
        f"A design:\n\n{enclose('design', described)}",
        f"What its author asks for, written as data like the design:\n\n{enclose('request', words)}",
    ]
    if answered is not None:
        question, reply = answered
        said.append(f"You asked its author:\n\n{enclose('question', question)}\n\n{enclose('reply', reply)}")
    said.append(change_instruction(brief))
    return (("system", _system()), ("user", "\n\n".join(said)))


def change_instruction(brief: Brief) -> str:
    """What follows the request when it is asked what it changes."""
    return read_prompt("designchord.blueprint.changes").fill(language=name_language(brief.language)).strip()


def reask(problems: Sequence[Problem], notation: str) -> str:
    """Say what is wrong with the last answer, in the words of the check, errors first."""
    ordered = sorted(problems, key=lambda problem: (_WEIGHT[problem.severity], problem.line or 0))
    what = _WHAT.get(notation, "artifact")
    lines = [f"A parser checked your {what} and found:", ""]
    lines += [f"{number}. {_describe(problem)}" for number, problem in enumerate(ordered[:MAX_REASKED], 1)]
    if len(ordered) > MAX_REASKED:
        lines.append(f"… and {len(ordered) - MAX_REASKED} more of the same sort.")
    lines += [
        "",
        f"Answer with the complete corrected {what} only, from its first line to its last. Change nothing that was "
        "right.",
    ]
    return "\n".join(lines)


def feedback(previous_source: str, words: str) -> str:
    """Ask for a new version of an artifact that follows the user's wish."""
    return (
        "There is already a version of this artifact:\n\n"
        f"{enclose('version', previous_source)}\n\n"
        "Its author wishes this change, written as data like the idea:\n\n"
        f"{enclose('wish', words)}\n\n"
        "Write the complete new version. Follow the wish as far as it is about this artifact, keep what it does not "
        "touch, and keep to the rules and the form asked for above."
    )


def enclose(name: str, text: str) -> str:
    """Put foreign text between two lines that it cannot contain."""
    text = _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))
    mark = sha256(text.encode()).hexdigest()[:12]
    while mark in text:
        mark = sha256(mark.encode()).hexdigest()[:12]
    return f"[{name} {mark} begins]\n{text}\n[{name} {mark} ends]"


def _shared(brief: Brief, blueprint_json: str) -> str:
    blueprint = enclose("blueprint", write_compact(answering.load(blueprint_json)))
    return f"{_idea(brief)}\n\nThe blueprint of the design, the only source of names:\n\n{blueprint}"


#: All parts of a design ask with the same words, at about the same time.
_shared_known = lru_cache(maxsize=32)(_shared)
_REMEMBERED_CHARS = 200_000

_WEIGHT = {"error": 0, "warning": 1, "info": 2}


def _system() -> str:
    return read_prompt("designchord.kinds", "system.md").text


def _idea(brief: Brief) -> str:
    text = f"Title: {brief.title.strip()}\n\n{brief.content.strip()}"
    if brief.requirements.strip():
        text += f"\n\nRequirements:\n\n{brief.requirements.strip()}"
    return f"Output language: {name_language(brief.language)}\n\nThe idea:\n\n{enclose('idea', text)}"


def _numbered(requirements: Sequence[Requirement]) -> str:
    lines = "\n".join(f"{one.id} {' '.join(one.text.split())}" for one in requirements)
    return f"What its author demands, by number:\n\n{enclose('requirements', lines)}"


def _describe(problem: Problem) -> str:
    place = f"line {problem.line}" if problem.line else ""
    if problem.line and problem.column:
        place += f", column {problem.column}"
    words = problem.message if problem.severity == "error" else f"({problem.severity}) {problem.message}"
    words = f"{place}: {words}" if place else words
    words = words if words.endswith((".", "!", "?")) else f"{words}."
    return f"{words} To do: {problem.hint}" if problem.hint else words
