"""Which thing of a blueprint somebody means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from designchord.blueprint.model import Attribute, Blueprint, Entity, Operation
from designchord.blueprint.naming import fold, split_words
from designchord.drafter.translating import english_of
from designchord.errors import BadInput
from designchord.language import naming

_QUOTES = "\"'“”‘’`「」『』"
_SORTS = {"actor": "actors", "entity": "entities", "operation": "operations", "scenario": "scenarios"}


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that was meant. ``owner`` is the entity of an attribute."""

    what: str
    id: str
    thing: Any
    owner: str = ""


def unquoted(words: str) -> str:
    words = words.strip().strip(_QUOTES).strip()
    return re.sub(r"^(?:the|a|an|each|every|all)\s+", "", words, flags=re.IGNORECASE).strip().strip(_QUOTES)


def find(blueprint: Blueprint, words: str, sorts: Sequence[str]) -> Named:
    """The one thing of these sorts that is called so; by name, else by label."""
    found = list(_found(blueprint, unquoted(words), sorts))
    exact = [one for one in found if one.id == unquoted(words) and one.what != "section"]
    found = exact or found
    # An actor and an entity of one name are one thing to people; the first sort asked for is meant.
    first = [one for one in found if one.what == found[0].what]
    if len(first) == 1:
        return first[0]
    if first:
        named = [one.id for one in first[:5]]
        message = f"“{words}” may be {' or '.join(named)}: name one of them."
        raise BadInput(message, code="request_ambiguous", name=words, found=", ".join(named))
    raise unknown(blueprint, words, sorts)


def sought(blueprint: Blueprint, words: str, sorts: Sequence[str]) -> Named | None:
    found = list(_found(blueprint, unquoted(words), sorts))
    return found[0] if len({one.id for one in found}) == 1 else None


def unknown(blueprint: Blueprint, words: str, sorts: Iterable[str]) -> BadInput:
    names = [one for sort in sorts if sort in _SORTS for one in _names(blueprint, sort)][:12]
    there = f" There is {', '.join(names)}." if names else ""
    name = unquoted(words)[:80]
    return BadInput(f"There is no “{name}” in this design.{there}", code="request_unknown", name=name)


def _names(blueprint: Blueprint, sort: str) -> Iterator[str]:
    return (getattr(one, "name" if sort == "entity" else "id") for one in getattr(blueprint, _SORTS[sort]))


#: What a thing is, said after its name.
_AFTER = re.compile(r"(?<=\S)\s+(?:table|entity|model|테이블|엔터티|엔티티|모델)$", re.IGNORECASE)


def _found(blueprint: Blueprint, words: str, sorts: Sequence[str]) -> Iterator[Named]:
    if "entity" in sorts:
        words = _AFTER.sub("", words)
    for sort in sorts:
        if sort == "attribute":
            yield from _attributes(blueprint, words)
        elif sort == "section":
            named = {one.section for one in blueprint.operations if one.section and _same(one.section, words)}
            yield from (Named("section", one, one) for one in sorted(named))
        elif sort == "requirement":
            yield from (Named(sort, one.id, one) for one in blueprint.requirements if one.id == words.upper())
        else:
            for one in getattr(blueprint, _SORTS[sort]):
                name = one.name if sort == "entity" else one.id
                label = getattr(one, "label", "") or getattr(one, "summary", "") or getattr(one, "title", "")
                if _same(name, words) or _same(label, words) or (sort == "entity" and _english(name, words)):
                    yield Named(sort, name, one)


def _attributes(blueprint: Blueprint, words: str) -> Iterator[Named]:
    """``Tool.name``, ``name of Tool``, ``Tool's name``, ``도구의 이름``, or a name that one entity alone has."""
    for pattern in (r"(?P<e>[^.\s]+)\.(?P<a>\S+)", r"(?P<a>.+?) (?:of|in|from|on) (?:the |a |an )?"
                                                   r"(?P<e>.+)", r"(?P<e>.+?)(?:'s|’s) (?P<a>.+)",
                    r"(?P<e>.+?)의 (?P<a>.+)", r"(?P<e>.+?)에서 (?P<a>.+)", r"(?P<e>[가-힣]+) "
          r"(?P<a>[가-힣].*)"):  # fmt: skip
        match = re.fullmatch(pattern, words, re.IGNORECASE)
        entity = sought(blueprint, match["e"], ["entity"]) if match else None
        if match and entity is not None:
            yield from _of(entity.thing, match["a"])
            return
    for one in blueprint.entities:
        yield from _of(one, words)


def _of(entity: Entity, words: str) -> Iterator[Named]:
    words = unquoted(re.sub(r"\s+(?:field|attribute|column|property|속성명?|필드명?|컬럼명?|칼럼명?|항목)$", "", words))
    for one in entity.attributes:
        if _same(one.name, words) or (one.label and _same(one.label, words)) or _means(one, words):
            yield Named("attribute", f"{entity.name}.{one.name}", one, entity.name)


def _means(attribute: Attribute, words: str) -> bool:
    return _english(attribute.name, words)


def _english(name: str, words: str) -> bool:
    """Whether words of another script are the name by the dictionary: ``연락처`` is ``Contact``."""
    english = english_of(words) if not words.isascii() else ""
    return bool(english) and fold(english) == fold(name)


def _same(name: str, words: str) -> bool:
    if name.isascii() and words.isascii():
        return bool(words) and fold(name) == fold(words)
    return "".join(name.split()).casefold() == "".join(words.split()).casefold()


#: What is done, and the methods that do it.
_METHODS = {
    "POST": "add create register post submit make place book borrow request sign open "
    "등록 추가 생성 작성 신청 예약 대여 만들 주문",
    "GET": "list see view read get show search find browse 조회 보 열람 검색 확인",
    "PATCH": "edit update change modify correct 수정 변경 편집 바꾸 고치",
    "PUT": "edit update change modify replace 수정 변경",
    "DELETE": "delete remove cancel drop 삭제 제거 취소 지우",
}


def find_calls(blueprint: Blueprint, verb: str, thing: str) -> list[Operation]:
    """The operations that do something with a thing: ``delete``, ``tools``."""
    verb, entity = verb.lower(), sought(blueprint, thing, ["entity"])
    if entity is None:
        return []
    own = [one for one in blueprint.operations if one.entity == entity.id]
    named = [one for one in own if verb.isascii() and split_words(one.id)[:1] == [naming.singular(verb)]]
    named = named or [one for one in own if not verb.isascii() and verb in one.summary]
    if named:
        return named
    methods = {method for method, words in _METHODS.items() if verb in words.split()}
    return [one for one in own if one.method in methods and not _is_special(one)]


def _is_special(call: Operation) -> bool:
    """``POST /tools/{tool_id}/retire`` does not create a tool."""
    return call.method in ("POST", "PATCH", "PUT") and "}/" in call.path
