"""What a real small model answered, recorded, through what accepts answers. The corpus is not part of the project."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from designchord import drafter
from designchord.blueprint.answering import BlueprintCandidate, read
from designchord.blueprint.model import Brief
from designchord.blueprint.requirements import read_requirements
from designchord.drafter import draft
from designchord.kinds import registry

Corpus = Callable[[str], list[dict[str, Any]]]

TOOLS = Brief(
    "Tool library",
    "Neighbours borrow tools from a shared shed. A deposit is held until a tool is back; photos show damage.",
    "- Members search tools by category.\n- A member reserves a tool.\n- Late returns are reminded by email.",
    "en",
)
CLINIC = Brief(
    "동네 병원 예약 서비스",
    "환자가 동네 병원의 진료 시간을 보고 예약하고, 병원은 예약을 확인하거나 거절한다. 의사는 처방전을 올린다.",
    "- 환자는 진료 과목과 지역으로 의사를 검색한다.\n- 환자는 의사의 빈 시간을 골라 예약한다.\n"
    "- 환자는 예약 24시간 전까지 취소할 수 있다.\n- 의사는 진료 후 처방전을 등록한다.\n- 예약 하루 전 알림을 보낸다.",
    "ko",
)


def _read(text: str, brief: Brief) -> BlueprintCandidate:
    known = partial(drafter.names_in, brief)
    return read(text, brief, read_requirements(brief), known=known, translate=drafter.english_of)


@pytest.fixture
def answers(corpus: Corpus) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for record in corpus("real_model_answers"):
        found.setdefault(record["kind"], []).append(record["text"])
    return found


def test_another_project_in_another_language_is_no_design_of_this_idea(answers: dict[str, list[str]]) -> None:
    candidate = _read(answers["blueprint"][0], TOOLS)
    assert not candidate.acceptable
    assert "grounding.language" in {one.code for one in candidate.problems}


def test_a_careless_design_of_the_idea_keeps_its_requirements_gets_english_names_and_is_told_its_faults(
    answers: dict[str, list[str]],
) -> None:
    candidate = _read(answers["blueprint"][-1], CLINIC)
    made = candidate.blueprint
    assert made is not None
    wanted = [one.text for one in read_requirements(CLINIC)]
    assert [one.text for one in made.requirements][: len(wanted)] == wanted
    assert [one.name for one in made.entities] == ["Patient", "Hospital", "Doctor"]
    assert {
        "grounding.uncovered",
        "blueprint.resource_without_entity",
        "blueprint.copied_attribute",
    } <= {one.code for one in candidate.wanting}


def test_a_diagram_whose_header_stands_in_the_fence_is_found(answers: dict[str, list[str]]) -> None:
    erd = registry.kind("erd")
    blueprint = draft(TOOLS)
    for text in answers["erd"]:
        found = erd.accept(text, blueprint, erd.parts(blueprint)[0])
        assert found.source.startswith("erDiagram\n")
        assert "answer.header" in {fix.code for fix in found.fixes}
