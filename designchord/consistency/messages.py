"""What the cross-check says: one row a code, with its severity, its sentence and what to do, in English and Korean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from designchord.notation.particles import settle_particles
from designchord.notation.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is. ``line`` counts from 1 in the source of the part."""

    kind: str
    part: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule found; ``values`` fill the sentence."""

    code: str
    place: Place | None = None
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Text:
    severity: Severity
    english: tuple[str, str]
    korean: tuple[str, str]


def say(violation: Violation, language: str) -> Problem:
    """A violation as a problem in words of the language; English where there are no others."""
    text = MESSAGES[violation.code]
    korean = language.split("-")[0].lower() == "ko"
    told = [sentence.format_map(violation.values) for sentence in (text.korean if korean else text.english)]
    message, hint = map(settle_particles, told) if korean else told
    place = violation.place
    return Problem(
        code=f"cross.{violation.code}",
        severity=text.severity,
        message=message,
        hint=hint or None,
        kind=place.kind if place else None,
        part=place.part if place else None,
        line=place.line if place else None,
    )


MESSAGES: Final[dict[str, _Text]] = {
    "unreadable": _Text(
        "info",
        ("This artifact could not be read, so nothing was compared with it.", "Mend what its own check reports."),
        ("이 산출물은 읽을 수 없어 비교하지 않았습니다.", "이 산출물의 검사 결과부터 고치세요."),
    ),
    # Entities
    "entity_missing": _Text(
        "warning",
        ("Entity {name} of the blueprint is not in the ERD.", "Add it to the ERD, or take it out of the blueprint."),
        ("설계 모델의 엔터티 {name}이(가) ERD에 없습니다.", "ERD에 추가하거나 설계 모델에서 빼세요."),
    ),
    "entity_unknown": _Text(
        "warning",
        ("Entity {name} of the ERD is not in the blueprint.", "Add it to the blueprint, or take it out of the ERD."),
        ("ERD의 엔터티 {name}이(가) 설계 모델에 없습니다.", "설계 모델에 추가하거나 ERD에서 빼세요."),
    ),
    "schema_missing": _Text(
        "warning",
        ("The API works on {name} but has no schema of it.", "Describe it among the schemas of the API."),
        ("API가 {name}을(를) 다루지만 스키마가 없습니다.", "API의 스키마에 추가하세요."),
    ),
    "entity_without_schema": _Text(
        "info",
        ("Entity {name} does not appear in the API.", "Leave it so if nobody outside needs it."),
        ("엔터티 {name}이(가) API에 나오지 않습니다.", "외부에서 쓰지 않는다면 그대로 두세요."),
    ),
    "schema_unknown": _Text(
        "info",
        ("Schema {name} of the API has an id but is no entity.", "Add the entity if the system keeps it."),
        ("API의 스키마 {name}에 id가 있지만 엔터티가 아닙니다.", "저장하는 것이라면 엔터티로 추가하세요."),
    ),
    "attribute_missing": _Text(
        "warning",
        ("{name} lacks {attributes}, which the blueprint has.", "Add what is missing to the ERD."),
        ("{name}에 설계 모델의 속성 {attributes}이(가) 없습니다.", "ERD에 빠진 속성을 추가하세요."),
    ),
    "field_missing": _Text(
        "warning",
        ("Schema {name} lacks {attributes} of the entity.", "Add the fields, unless callers must not see them."),
        ("스키마 {name}에 엔터티의 속성 {attributes}이(가) 없습니다.", "감출 이유가 없다면 필드를 추가하세요."),
    ),
    "type_mismatch": _Text(
        "warning",
        ("{name} is {type} here and {other_type} in {other}.", "Choose one type for both."),
        ("{name}의 타입이 여기서는 {type}, {other}에서는 {other_type}입니다.", "한 가지 타입으로 맞추세요."),
    ),
    # Keys and relations
    "foreign_key_without_entity": _Text(
        "error",
        ("{name} is a foreign key to {target}, which is not in the ERD.", "Add {target}, or take the mark FK away."),
        ("{name}이(가) 가리키는 {target}이(가) ERD에 없습니다.", "{target}을(를) 추가하거나 FK 표시를 지우세요."),
    ),
    "foreign_key_unclear": _Text(
        "info",
        ("It is not plain which entity {name} points to.", "Draw the relation, or name it after the entity."),
        ("{name}이(가) 어느 엔터티를 가리키는지 분명하지 않습니다.", "관계를 그리거나 엔터티 이름을 따르세요."),
    ),
    "foreign_key_without_relation": _Text(
        "warning",
        ("{name} points to {target}, but no relation joins the two.", "Draw the relation between them."),
        ("{name}이(가) {target}을(를) 가리키지만 관계가 없습니다.", "둘 사이에 관계를 그리세요."),
    ),
    "relation_without_foreign_key": _Text(
        "warning",
        ("{source} and {target} are related without a foreign key.", "Add the foreign key to {target}."),
        ("{source}와(과) {target}의 관계에 외래 키가 없습니다.", "{target}에 외래 키를 추가하세요."),
    ),
    "relation_unknown_entity": _Text(
        "error",
        ("A relation names {name}, which does not exist.", "Correct the name{suggestion}, or describe the entity."),
        ("관계에 나오는 {name}이(가) 존재하지 않습니다.", "이름을 고치거나{suggestion} 엔터티를 정의하세요."),
    ),
    "relation_missing": _Text(
        "warning",
        ("The blueprint relates {source} and {target}, the ERD does not.", "Draw the relation in the ERD."),
        ("설계 모델의 {source}–{target} 관계가 ERD에 없습니다.", "ERD에 관계를 그리세요."),
    ),
    "cardinality": _Text(
        "warning",
        ("{source} to {target} is {here} here and {there} in the blueprint.", "Decide which of the two is meant."),
        ("{source}–{target} 관계가 여기서는 {here}, 설계 모델에서는 {there}입니다.", "어느 쪽이 맞는지 정하세요."),
    ),
    # Calls and participants
    "unknown_operation": _Text(
        "error",
        ("{call} is called, but there is no such operation{suggestion}.", "Correct the call, or add the operation."),
        ("{call}을(를) 호출하지만 그런 동작이 없습니다{suggestion}.", "호출을 고치거나 동작을 추가하세요."),
    ),
    "wrong_method": _Text(
        "error",
        ("{call} is called, but this path has only {methods}.", "Correct the method, or add the operation."),
        ("{call}을(를) 호출하지만 이 경로에는 {methods}만 있습니다.", "메서드를 고치거나 동작을 추가하세요."),
    ),
    "foreign_call": _Text(
        "info",
        ("{call} goes to {target} and was not compared with this API.", ""),
        ("{call}은(는) {target}에 대한 호출이라 이 API와 비교하지 않았습니다.", ""),
    ),
    "literal_in_call": _Text(
        "warning",
        ("{call} fits {operation} only if its last word is an id.", "Write the parameter, or add the operation."),
        ("{call}은(는) 단어를 식별자로 볼 때만 {operation}과(와) 맞습니다.", "매개변수를 쓰거나 동작을 추가하세요."),
    ),
    "operations_unused": _Text(
        "info",
        ("{count} of {total} operations appear in no sequence diagram: {operations}.", ""),
        ("동작 {total}개 중 {count}개가 시퀀스 다이어그램에 나오지 않습니다: {operations}.", ""),
    ),
    "operation_missing": _Text(
        "warning",
        ("Operation {name} ({call}) of the blueprint is not in the API.", "Add it, or take it out of the blueprint."),
        ("설계 모델의 동작 {name} ({call})이(가) API에 없습니다.", "API에 추가하거나 설계 모델에서 빼세요."),
    ),
    "operation_unknown": _Text(
        "info",
        ("{call} of the API is not in the blueprint.", "Add it to the blueprint if it is meant to stay."),
        ("API의 {call}이(가) 설계 모델에 없습니다.", "필요하다면 설계 모델에 추가하세요."),
    ),
    "participant_unknown": _Text(
        "warning",
        ("{name} takes part, but the blueprint knows no such actor.", "Use an actor of the blueprint: {known}."),
        ("참여자 {name}이(가) 설계 모델의 행위자가 아닙니다.", "설계 모델의 행위자를 쓰세요: {known}."),
    ),
    "get_refuses": _Text(
        "warning",
        ("{call} only reads, but is refused with {status}.", "Let the call that changes something refuse it."),
        ("{call}은(는) 조회인데 {status}로 거절합니다.", "무엇을 바꾸는 호출이 거절하게 하세요."),
    ),
    "refusal_missing": _Text(
        "warning",
        ("The blueprint refuses {call} with {status}, the API does not.", "Add the response to the API."),
        ("설계 모델은 {call}을(를) {status}로 거절하지만 API에는 없습니다.", "API에 그 응답을 추가하세요."),
    ),
    "refusal_unknown": _Text(
        "warning",
        ("{call} is refused with {status} here, but the API has no such response.", "Add it, or correct the status."),
        (
            "{call}이(가) 여기서 {status}로 거절되지만 API에 그런 응답이 없습니다.",
            "API에 추가하거나 코드를 고치세요.",
        ),
    ),
    "scenario_missing": _Text(
        "warning",
        ("Scenario {name} of the blueprint has no sequence diagram.", "Draw it, or take it out of the blueprint."),
        ("설계 모델의 시나리오 {name}에 시퀀스 다이어그램이 없습니다.", "그리거나 설계 모델에서 빼세요."),
    ),
    # Requirements
    "requirement_uncovered": _Text(
        "warning",
        ("No operation and no scenario fulfils {id}: {text}", "Name {id} at the operation or scenario that does."),
        ("{id}을(를) 구현하는 동작이나 시나리오가 없습니다: {text}", "해당 동작이나 시나리오에 {id}을(를) 적으세요."),
    ),
    "requirement_partly": _Text(
        "warning",
        (
            "{how} does only a part of {id}; nothing does this: {missing}: {text}",
            "Add an operation for it and name {id} there.",
        ),
        (
            "{how}은(는) {id}의 일부만 합니다. 다음을 하는 것이 없습니다: {missing}: {text}",
            "그것을 하는 동작을 더하고 거기에 {id}을(를) 적으세요.",
        ),
    ),
    "requirement_unsure": _Text(
        "warning",
        (
            "{how} is named for {id}, but the words do not say that it fulfils it: {text}",
            "Look at it, or name another.",
        ),
        (
            "{id}에 {how}이(가) 적혀 있지만 그것을 수행한다는 말이 없습니다: {text}",
            "맞는지 확인하거나 다른 것을 적으세요.",
        ),
    ),
    "requirement_not_in_document": _Text(
        "warning",
        ("The document does not mention {id}: {text}", "Add it to the requirements of the document."),
        ("문서에 {id}이(가) 없습니다: {text}", "문서의 요구사항에 추가하세요."),
    ),
    "unknown_requirement": _Text(
        "warning",
        ("{id} is mentioned, but there is no such requirement.", "Correct the id, or add the requirement."),
        ("{id}이(가) 언급되지만 그런 요구사항이 없습니다.", "번호를 고치거나 요구사항을 추가하세요."),
    ),
}
