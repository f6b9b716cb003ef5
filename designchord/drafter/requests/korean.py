"""What plain requests look like in Korean."""

from __future__ import annotations

import re
from typing import Any

from designchord.drafter.requests import shaping
from designchord.drafter.requests.english import Write
from designchord.drafter.requests.fulfilling import fulfil
from designchord.drafter.requests.writing import Writing

_ENDING = re.compile(
    r"\s*(?:해\s*주세요|해\s*주십시오|해\s*줘요?|해요|해라|하자|합시다|한다|합니다|하세요|하기|해야\s*"
    r"(?:한다|합니다|해요)"
    r"|해\s*주길\s*바랍니다|하고\s*싶(?:다|어요?)|시켜\s*줘|부탁(?:해요?|드립니다)?|필요(?:해요?|합니다)?)$"
)
_CHANGE = r"(?:이름을 )?(?:바꿔\s*줘|바꿔\s*주세요|바꿔|바꾸기|바꾸자|변경|수정|개명|rename)"
_ADD = r"(?:추가|넣어\s*줘|넣어\s*주세요|넣어|넣기|만들어\s*줘|만들어\s*주세요|만들기|생성)"
_DROP = (
    r"(?:삭제|제거|폐기|빼\s*줘|빼\s*주세요|빼기|빼자|없애\s*줘|없애\s*주세요|없애기|없애"
    r"|지워\s*줘|지워\s*주세요|지우기)"
)
_MAKE = r"(?:\s*(?:만들어\s*줘|만들어\s*주세요|만들기|바꿔\s*줘|바꿔\s*주세요|변경|설정|지정|처리))?"
_OBJ = r"(?:을|를|은|는|이|가)?"
_MARKS = {
    "필수": {"required": True}, "선택": {"required": False}, "선택 사항": {"required": False},
    "선택사항": {"required": False}, "고유": {"unique": True}, "유일": {"unique": True}, "유니크": {"unique": True},
}  # fmt: skip
_HOW = {
    "1:1": "one_to_one", "일대일": "one_to_one", "n:m": "many_to_many", "m:n": "many_to_many",
    "n:n": "many_to_many", "다대다": "many_to_many",
}  # fmt: skip
_SORTS = {
    "엔터티": "entity", "엔티티": "entity", "테이블": "entity", "기능": "operation", "동작": "operation",
    "속성": "attribute", "필드": "attribute", "액터": "actor", "행위자": "actor", "시나리오": "scenario",
}  # fmt: skip


def plain(clause: str) -> str:
    """Without what is only polite."""
    clause = re.sub(r"\s+", " ", clause).strip(" .!?")
    clause = re.sub(r"^(?:제발|좀|그리고|또)\s+", "", clause)
    clause = re.sub(r"\s좀\s", " ", clause)
    return _ENDING.sub("", clause).strip()


def _mark(writing: Writing, match: re.Match[str]) -> list[Any]:
    return writing.set(match["thing"], **_MARKS[match["mark"].strip()])


def _relate(writing: Writing, match: re.Match[str]) -> list[Any]:
    how = re.sub(r"\s", "", (match["how"] or "").lower())
    return writing.relate(match["one"], _HOW.get(how, "one_to_many"), match["other"])


def _many(writing: Writing, match: re.Match[str]) -> list[Any] | None:
    if writing.sought(match["one"], "entity") is None or writing.sought(match["other"], "entity") is None:
        return None
    return writing.relate(match["one"], "one_to_many", match["other"])


def _only(writing: Writing, match: re.Match[str]) -> list[Any] | None:
    calls = writing.calls(match["verb"], match["thing"])
    return writing.allow_only(match["who"], calls, re.sub("(?:게|어야|도록)$", "다", match.string))


def _remove(writing: Writing, match: re.Match[str]) -> list[Any]:
    sort = _SORTS.get(match["sort"] or "")
    return writing.remove(match["thing"], *((sort,) if sort else ()))


def _allow(writing: Writing, match: re.Match[str]) -> list[Any] | None:
    if (match["who"] or "").endswith("만") or match["thing"].endswith("만"):
        return None  # whoever else may not
    clause = re.sub("(?:게|어야|도록)$", "다", match.string)
    return shaping.allow(writing, match["who"] or "", match["verb"], match["thing"], clause)


def _remove_call(writing: Writing, match: re.Match[str]) -> list[Any] | None:
    """``도구 삭제 기능을 제거``: the call that does it."""
    calls = writing.calls(match["verb"], match["thing"])
    return writing.remove(calls[0].id, "operation") if len(calls) == 1 else None


def _rule(pattern: str, write: Write) -> tuple[re.Pattern[str], Write]:
    return re.compile(pattern, re.IGNORECASE), write


KOREAN: tuple[tuple[re.Pattern[str], Write], ...] = (
    _rule(r"(?:요구사항 )?(?P<id>R\d{1,4})(?:을|를)? (?:충족|만족|구현|이루어 줘|이루기)(?:시켜 줘|하게)?",
          lambda w, m: fulfil(w, m["id"])),
    _rule(rf"(?:요구사항 )?(?P<id>R\d{{1,4}})(?:을|를|은|는)? [\"“'](?P<text>.+)[\"”'](?:으로|로) "
          rf"(?:{_CHANGE}|대체|교체)",
          lambda w, m: w.replace_requirement(m["id"], m["text"])),
    _rule(rf"(?:(?P<why>.+?)(?:이므로|므로|때문에|서|니까),? )?(?:요구사항 )?(?P<id>R\d{{1,4}})(?:을|를|은"
          rf"|는)? {_DROP}",
          lambda w, m: w.retire_requirement(m["id"], m["why"] or "")),
    _rule(rf"(?:새 )?요구사항(?:을)? {_ADD}[: ]+(?P<text>.+)", lambda w, m: w.add_requirement(m["text"])),
    _rule(rf"제목을 (?P<title>.+?)(?:으로|로) {_CHANGE}", lambda w, m: w.retitle(m["title"])),
    _rule(rf"(?P<old>.+?)(?:의 이름)?(?:을|를) (?P<new>[^ ].*?)(?:으로|로) {_CHANGE}",
          lambda w, m: w.rename(m["old"], m["new"])),
    _rule(rf"(?P<new>.+?) (?:엔터티|엔티티|테이블)(?:을|를)? (?:새로 )?{_ADD}(?: ?\((?:속성[: ]*)?(?P<listed>.+)\))?",
          lambda w, m: w.add_entity(m["new"], m["listed"] or "")),
    _rule(rf"(?P<new>.+?) (?:액터|행위자|역할)(?:을|를)? (?:새로 )?{_ADD}", lambda w, m: w.add_actor(m["new"])),
    _rule(rf"(?P<entity>.+?)(?:에|에게)(?:다)? (?:속성 |필드 |컬럼 |새 속성 )?(?P<listed>.+?)"
          rf"(?: (?:속성|필드|컬럼|칼럼|항목))?(?:을|를)? {_ADD}",
          lambda w, m: w.add_attributes(m["listed"], m["entity"])),
    _rule(rf"(?P<thing>.+?)(?:을|를)? (?P<verb>등록|추가|생성|삭제|수정|변경|조회|검색|취소) (?:기능|동작"
          rf"|API)(?:을|를)?"
          rf" {_DROP}", _remove_call),
    _rule(rf"(?P<one>.+?)(?:와|과|하고) (?P<other>.+?)(?: 사이)?의 관계(?:를)?"
          rf" {_DROP}", lambda w, m: w.unrelate(m["one"], m["other"])),
    _rule(rf"(?P<thing>.+?)(?: (?P<sort>엔터티|엔티티|테이블|기능|동작|속성|필드|액터|행위자|시나리오))?"
          rf"(?:을|를) {_DROP}", _remove),
    _rule(rf"(?P<thing>.+?){_OBJ} (?P<mark>필수|선택 ?사항|선택|고유|유일|유니크)(?:으로|로|하게|값으로|"
          rf" 값으로)?{_MAKE}", _mark),
    _rule(r"(?P<one>.+?)(?:와|과|하고) (?P<other>.+?)(?:을|를)? (?:(?P<how>1:1|1:n|n:m|m:n|n:n|일대일|일대다"
          r"|다대다)(?: 관계)?"
          r"(?:으로|로)? )?(?:연결|관계(?:로)? ?연결|연관|묶어 줘|묶기)", _relate),
    _rule(r"(?:한 )?(?P<one>.+?)(?:은|는|이|가) 여러 (?P<other>.+?)(?:을|를) (?:가진다|갖는다|가질 수 있다"
          r"|가질 수 있게|가질 수 있습니다"
          r"|가집니다)", _many),
    _rule(r"(?P<one>.+?)(?:은|는|이|가) 여러 (?P<other>.+?)에 (?:속|소속될|들어갈|참여할|가입할)(?:할)? ?수 있"
          r"(?:다|게|도록|어야|습니다)?",
          lambda w, m: shaping.join(w, m["one"], "many_to_many", m["other"])),
    _rule(r"(?:(?P<who>[^ ]+?)(?:은|는|이|가) )?(?P<thing>.+?)(?:을|를) "
          r"(?P<verb>등록|추가|생성|작성|삭제|제거|수정|변경|편집|조회|검색|열람)할 ?수 있(?:다|게|어야|도록|습니다)?",
          _allow),
    _rule(r"(?P<one>.+?)(?:은|는|이|가) (?:하나의 |한 )?(?P<other>.+?)에 속(?:한다|함|합니다)?",
          lambda w, m: w.relate(m["other"], "one_to_many", m["one"])),
    _rule(r"(?P<who>.+?)만 (?P<thing>.+?)(?:을|를) (?P<verb>등록|추가|생성|작성|삭제|제거|수정|변경|편집"
          r"|조회|검색|열람|취소|예약|대여|신청|볼|지울|바꿀"
          r"|고칠|만들)(?:할)? ?수 있(?:다|게|어야|도록|습니다)?", _only),
)  # fmt: skip
