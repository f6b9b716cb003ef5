"""What a rehearsal says: one row a code, with its severity, its sentence and what to do, in English and Korean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from designchord.notation.particles import settle_particles
from designchord.notation.problems import Problem, Severity

#: What the codes of a rehearsal begin with.
PREFIX: Final = "rehearsal"


@dataclass(frozen=True, slots=True)
class _Text:
    severity: Severity
    english: tuple[str, str]
    korean: tuple[str, str]


def say(code: str, language: str, kind: str = "", part: str = "", **values: str) -> Problem:
    """A finding in words of the language; English where there are no others."""
    text = MESSAGES[code]
    korean = language.split("-")[0].lower() == "ko"
    told = [sentence.format_map(values) for sentence in (text.korean if korean else text.english)]
    message, hint = map(settle_particles, told) if korean else told
    return Problem(
        code=f"{PREFIX}.{code}",
        severity=text.severity,
        message=message,
        hint=hint or None,
        kind=kind or None,
        part=part if kind else None,
    )


MESSAGES: Final[dict[str, _Text]] = {
    "failed": _Text(
        "info",
        ("The rehearsal itself failed, so nothing is known of whether the design runs.", ""),
        ("리허설 자체가 실패하여 설계가 실행되는지 알 수 없습니다.", ""),
    ),
    "not_played": _Text(
        "info",
        ("Nothing was rehearsed: there is no API that can be read.", "Mend what the check of the API reports."),
        ("읽을 수 있는 API가 없어 리허설하지 않았습니다.", "API의 검사 결과부터 고치세요."),
    ),
    "no_time": _Text(
        "warning",
        (
            "The rehearsal was ended before its end: it took too long. Stories not played to their end: {left}.",
            "Make the stories shorter, or play them with `designchord rehearse`, which takes its time.",
        ),
        (
            "리허설이 너무 오래 걸려 중간에 멈췄습니다. 끝까지 실행하지 못한 스토리: {left}개.",
            "스토리를 줄이거나, 시간 제한이 없는 `designchord rehearse`로 실행하세요.",
        ),
    ),
    "not_drawn": _Text(
        "info",
        (
            "The diagram of entities cannot be read, so the tables are those of the blueprint.",
            "Mend what the check of the diagram reports.",
        ),
        (
            "엔터티 다이어그램을 읽을 수 없어 청사진의 엔터티로 테이블을 만들었습니다.",
            "다이어그램의 검사 결과부터 고치세요.",
        ),
    ),
    "tables": _Text(
        "error",
        ("The tables cannot be created: {detail}", "Look at the entities' keys and attributes."),
        ("테이블을 만들 수 없습니다: {detail}", "엔터티의 키와 속성을 살펴보세요."),
    ),
    "no_calls": _Text(
        "warning",
        ("The story “{story}” calls no operation, so it cannot be played.", "Name the operation that a step calls."),
        ("“{story}” 스토리가 어떤 동작도 호출하지 않아 실행할 수 없습니다.", "단계에 호출하는 동작을 적으세요."),
    ),
    "no_operation": _Text(
        "error",
        ("The story “{story}” calls {operation}, which the API does not have.", "Add the operation to the API."),
        ("“{story}” 스토리가 호출하는 {operation}이(가) API에 없습니다.", "API에 동작을 추가하세요."),
    ),
    "no_source": _Text(
        "warning",
        (
            "The story “{story}” needs {what} for {operation}, and no operation gives one.",
            "Add an operation that does.",
        ),
        (
            "“{story}” 스토리의 {operation}에 {what}이(가) 필요하지만 그것을 마련하는 동작이 없습니다.",
            "그런 동작을 추가하세요.",
        ),
    ),
    "no_caller": _Text(
        "warning",
        (
            "In the story “{story}”, {operation} is about what belongs to whoever calls, and nobody is asked.",
            "Add a log-in, or let the request say what it is about.",
        ),
        (
            "“{story}” 스토리의 {operation}은(는) 호출자의 것을 다루지만 API가 호출자를 확인하지 않습니다.",
            "로그인을 추가하거나, 무엇에 대한 요청인지 요청에 적으세요.",
        ),
    ),
    "lent": _Text(
        "info",
        ("No operation creates {what}: the stories ran with sample data.", "Leave it so if it comes from elsewhere."),
        ("{what}을(를) 만드는 동작이 없어 예시 데이터로 실행했습니다.", "다른 곳에서 온다면 그대로 두세요."),
    ),
    "status": _Text(
        "warning",
        (
            "In the story “{story}”, {operation} answered {status} instead of {expected}: {detail}",
            "Describe the answer {expected}, or correct the story.",
        ),
        (
            "“{story}” 스토리에서 {operation}이(가) {expected} 대신 {status}로 응답했습니다: {detail}",
            "API에 {expected} 응답을 적거나 스토리를 고치세요.",
        ),
    ),
    "no_field": _Text(
        "warning",
        (
            "In the story “{story}”, the answer of {operation} has no {detail}, which a later step sends.",
            "Add the field to the answer.",
        ),
        (
            "“{story}” 스토리에서 {operation}의 응답에 다음 단계가 쓰는 {detail}이(가) 없습니다.",
            "응답에 필드를 추가하세요.",
        ),
    ),
    "no_token": _Text(
        "warning",
        ("The API asks who calls, but {operation} answers without a token.", "Answer with an access token."),
        ("API가 호출자를 확인하지만 {operation}의 응답에 토큰이 없습니다.", "응답에 액세스 토큰을 추가하세요."),
    ),
    "status_unreached": _Text(
        "info",
        ("Nothing that can be called leads {what} to: {values}.", "Add the operations, or take the values away."),
        ("{what}을(를) 다음 상태로 바꾸는 동작이 없습니다: {values}.", "동작을 추가하거나 값을 지우세요."),
    ),
}
