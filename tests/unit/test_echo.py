"""Prompts show a form, not a project, and an answer that repeats what it was shown is no artifact."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from bench import model_answers
from designchord.blueprint import answering
from designchord.blueprint.model import Brief
from designchord.drafter import draft
from designchord.kinds import conversation, registry
from designchord.kinds.prompts import read_prompt
from designchord.notation.echo import CODE, find_echo
from tests.flows.apps import CLINIC, LIBRARY

ROOT = Path(str(resources.files("designchord")))
PROMPTS = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.md") if path.read_text().startswith("version: "))

#: What a sample may say beside its marked places: words of the notations and of the forms, none of a project.
_FORM = """
title summary actors external requirements must should quality entities name label attributes id uuid pk fk enum date
text relations operations call post get delete section actor entity request errors returns page filters scenarios steps
calls system database when assumptions questions n r
api about auth bearer schema integer query body none public email string question
add change remove rename
"""
_CODE = re.compile(r"^[ ]*```\w*\n(.*?)^[ ]*```", re.DOTALL | re.MULTILINE)


def _samples(text: str) -> list[str]:
    return [match[1] for match in _CODE.finditer(text)]


def _instructions(brief: Brief) -> dict[str, str]:
    """What each prompt says of a design, as the model is asked."""
    blueprint = draft(brief)
    asked = {"blueprint": conversation.blueprint_instruction(brief)}
    for name, kind in registry.KINDS.items():
        asked[name] = kind.prompt(brief, blueprint, kind.parts(blueprint)[0])
    return asked


def test_every_prompt_is_known_to_these_tests() -> None:
    assert set(PROMPTS) >= {"blueprint/prompt.md", "kinds/system.md"}
    assert {f"kinds/{name}/prompt.md" for name in registry.KINDS} <= set(PROMPTS)


@pytest.mark.parametrize("path", PROMPTS)
def test_a_prompt_holds_no_words_of_a_project_in_its_samples(path: str) -> None:
    package, name = path.rsplit("/", 1)
    text = read_prompt(f"designchord.{package.replace('/', '.')}", name).text
    assert text.isascii() or not re.search(r"[^\W\d_a-zA-Z]", text), "no letters but Latin ones"
    for sample in _samples(text):
        bare = re.sub(r"<[A-Za-z][\w ',-]*>", " ", sample)
        words = {word.lower() for word in re.findall(r"[A-Za-z]+", bare)}
        assert words <= set(_FORM.split()), words - set(_FORM.split())


@pytest.mark.parametrize("brief", [LIBRARY, CLINIC], ids=["English", "Korean"])
def test_a_prompts_sample_as_the_answer_is_an_echo_for_every_kind(brief: Brief) -> None:
    for name, instruction in _instructions(brief).items():
        for sample in [*_samples(instruction), instruction]:
            found = find_echo(f"Here you are:\n```\n{sample}\n```", instruction)
            assert found is not None, name
            assert (found.code, found.severity) == (CODE, "error")


@pytest.mark.parametrize("brief", [LIBRARY, CLINIC], ids=["English", "Korean"])
def test_a_good_answer_is_no_echo(brief: Brief) -> None:
    opening = conversation.blueprint_opening(brief)
    source = model_answers.answer(model_answers.understand([{"role": r, "content": t} for r, t in opening]))
    assert find_echo(source, conversation.blueprint_instruction(brief)) is None
    blueprint = answering.load(source)
    for kind in registry.KINDS.values():
        for part in kind.parts(blueprint):
            instruction = kind.prompt(brief, blueprint, part)
            turns = conversation.part_opening(brief, source, instruction)
            answer = model_answers.answer(model_answers.understand([{"role": r, "content": t} for r, t in turns]))
            assert find_echo(answer, instruction) is None, kind.name


def test_a_worked_example_is_recognised_in_whatever_layout_it_comes_back() -> None:
    instruction = (
        "Write it like this:\n\n```json\n"
        '{"title": "Book lending", "actors": ["Member: a reader", "Librarian: who keeps the shelves"],\n'
        ' "entities": [{"name": "Loan", "label": "a loan of one copy", "attributes": ["due on: date"]}]}\n```\n'
    )
    copied = (
        '{\n  "title": "Book lending",\n  "actors": [\n    "Member: a reader",\n    "Librarian: who keeps the shelves"'
        '\n  ],\n  "entities": [\n    {"name": "Loan", "label": "a loan of one copy",'
        ' "attributes": [\n "due on: date"]}\n  ]\n}'
    )
    own = (
        '{"title": "Choir library", "actors": ["Singer: sings", "Archivist: hands out scores"], "entities": '
        '[{"name": "Score", "label": "printed music", "attributes": ["title: string", "composer: string"]}]}'
    )
    assert find_echo(copied, instruction) is not None
    assert find_echo(own, instruction) is None


def test_a_form_with_its_brackets_taken_away_is_an_echo() -> None:
    instruction = read_prompt("designchord.kinds.erd").text
    answer = "erDiagram\nEntityName {\n uuid id PK\n uuid other_entity_id FK\n}\nOtherEntity ||--o{ EntityName : has"
    found = find_echo(answer, instruction)
    assert found is not None
    assert "EntityName" in found.message


def test_fields_that_are_called_like_places_of_the_form_make_no_echo() -> None:
    instruction = read_prompt("designchord.kinds.erd").text
    answer = "erDiagram\nAuditEntry {\n uuid id PK\n string entity_name\n string attribute_name\n}\n"
    assert find_echo(answer, instruction) is None


def test_what_the_idea_itself_says_in_brackets_may_stand_in_the_answer() -> None:
    instruction = 'Write the diagram of "<own title>" as `<EntityName>`.'
    assert find_echo("a diagram of <own title>", instruction, material="The idea: <own title>") is None
    assert find_echo("a diagram of <EntityName>", instruction, material="The idea: <own title>") is not None


def test_thinking_about_the_form_is_not_repeating_it() -> None:
    instruction = read_prompt("designchord.kinds.erd").text
    answer = "<think>The form says <EntityName>.</think>\nerDiagram\nTool {\n uuid id PK\n}\n"
    assert find_echo(answer, instruction) is None
