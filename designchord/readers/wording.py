"""What an import itself has to say, in English and Korean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    unknown_type: str
    no_key: str
    guessed_relation: str
    stand_in: str
    proposal: str
    proposed: str
    user: str
    nobody: str
    story: str
    story_title: str
    saved: str
    answered: str


_ENGLISH: Final = Words(
    unknown_type="The type of {name} is not known here; it is taken for text.",
    no_key="{entity} has no primary key; {name} is taken for one.",
    guessed_relation="{name} points to {target} by its name; no foreign key says so.",
    stand_in="No API was given; one call stands for it.",
    proposal="{group}: {did}.",
    proposed="The {count} requirements ({ids}) are proposed from the groups of the API; nobody has said them.",
    user="User",
    nobody="Nobody said who uses the system; one user stands for all.",
    story="The story “{title}” is proposed from the calls; nobody has told it.",
    story_title="{entity}: from creating to reading",
    saved="Save",
    answered="Done",
)
_KOREAN: Final = Words(
    unknown_type="{name}의 타입을 알 수 없어 텍스트로 보았습니다.",
    no_key="{entity}에 기본 키가 없어 {name}을(를) 기본 키로 보았습니다.",
    guessed_relation="{name}은(는) 이름으로 보아 {target}을(를) 가리킵니다. 외래 키는 없습니다.",
    stand_in="API가 없어 호출 하나로 대신했습니다.",
    proposal="{group}: {did}.",
    proposed="요구사항 {count}개({ids})는 API의 묶음에서 제안한 것으로, 누가 말한 것이 아닙니다.",
    user="사용자",
    nobody="누가 시스템을 쓰는지 나와 있지 않아 사용자 하나로 대신했습니다.",
    story="이야기 “{title}”은(는) 호출에서 제안한 것으로, 누가 말한 것이 아닙니다.",
    story_title="{entity}: 만들고 조회하기",
    saved="저장",
    answered="완료",
)


def words_of(language: str) -> Words:
    return _KOREAN if language.split("-")[0].lower() == "ko" else _ENGLISH
