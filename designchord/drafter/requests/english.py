"""What plain requests look like in English."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from designchord.drafter.requests import shaping
from designchord.drafter.requests.fulfilling import fulfil
from designchord.drafter.requests.writing import Writing

Write = Callable[[Writing, re.Match[str]], list[Any] | None]

_SORT = r"(?:(?P<sort>entity|table|actor|role|operation|endpoint|call|attribute|field|column|section|scenario|story) )?"
_SORTS = {
    "entity": "entity", "table": "entity", "actor": "actor", "role": "actor", "operation": "operation",
    "endpoint": "operation", "call": "operation", "attribute": "attribute", "field": "attribute",
    "column": "attribute", "section": "section", "scenario": "scenario", "story": "scenario",
}  # fmt: skip
_MAY = r"(?:may|can|should be able to|are allowed to|is allowed to)"


def _sort(match: re.Match[str]) -> tuple[str, ...]:
    sort = match.groupdict().get("sort")
    return (_SORTS[sort.lower()],) if sort else ()


def _rename(writing: Writing, match: re.Match[str]) -> list[Any]:
    return writing.rename(match["old"], match["new"], *_sort(match))


def _add(writing: Writing, match: re.Match[str]) -> list[Any] | None:
    """Something to a thing that is there: that is an attribute of it."""
    return writing.add_attributes(match["listed"], match["entity"])


def _entity(writing: Writing, match: re.Match[str]) -> list[Any]:
    return writing.add_entity(match["name"], match["listed"] or "")


def _remove(writing: Writing, match: re.Match[str]) -> list[Any]:
    return writing.remove(match["thing"], *_sort(match))


_MARKS: dict[str, dict[str, Any]] = {
    "required": {"required": True}, "mandatory": {"required": True}, "optional": {"required": False},
    "nullable": {"required": False}, "unique": {"unique": True}, "not unique": {"unique": False},
    "not required": {"required": False},
}  # fmt: skip
_MARK = r"(?P<mark>required|mandatory|optional|nullable|unique|not unique|not required)"
_FIELDS = r"(?:the )?(?:fields? |attributes? |columns? )?(?P<listed>[\w ,]+?)"
_OF = r"(?:on|of|for|in) (?:the |an? |each |every )?(?:model |entity |table )?(?P<entity>[\w ]+?)"


def _mark(writing: Writing, match: re.Match[str]) -> list[Any]:
    return writing.set(match["thing"], **_MARKS[match["mark"].lower()])


def _marks(writing: Writing, match: re.Match[str]) -> list[Any] | None:
    return shaping.mark(writing, match["listed"], match["entity"], _MARKS[match["mark"].lower()])


def _join(writing: Writing, match: re.Match[str]) -> list[Any] | None:
    how = re.sub(r"\W+", "", (match.groupdict().get("how") or "many to many").lower())
    cardinality = {"manytomany": "many_to_many", "onetoone": "one_to_one"}.get(how, "one_to_many")
    return shaping.join(writing, match["one"], cardinality, match["other"])


def _allow(writing: Writing, match: re.Match[str]) -> list[Any] | None:
    return shaping.allow(writing, match["who"] or "", match["verb"], match["thing"], match[0])


def _many(writing: Writing, match: re.Match[str]) -> list[Any] | None:
    if writing.sought(match["one"], "entity") is None or writing.sought(match["other"], "entity") is None:
        return None
    return writing.relate(match["one"], "one_to_many", match["other"])


def _belongs(writing: Writing, match: re.Match[str]) -> list[Any]:
    return writing.relate(match["other"], "one_to_many", match["one"])


def _relate(writing: Writing, match: re.Match[str]) -> list[Any]:
    how = re.sub(r"\W+", "", (match["how"] or "").lower())
    cardinality = {"manytomany": "many_to_many", "onetoone": "one_to_one"}.get(how, "one_to_many")
    return writing.relate(match["one"], cardinality, match["other"])


def _only(writing: Writing, match: re.Match[str]) -> list[Any] | None:
    calls = writing.calls(match["verb"], match["thing"]) if match["thing"] else []
    named = writing.sought(" ".join(filter(None, (match["verb"], match["thing"]))), "operation")
    return writing.allow_only(match["who"], calls or ([named.thing] if named else []), match[0])


def _rule(pattern: str, write: Write) -> tuple[re.Pattern[str], Write]:
    return re.compile(pattern, re.IGNORECASE), write


#: Patterns of whole sentences, the more particular ones first.
ENGLISH: tuple[tuple[re.Pattern[str], Write], ...] = (
    _rule(r"(?:fulfil+|cover|satisfy|implement) (?:the )?(?:requirement )?(?P<id>R\d{1,4})",
          lambda w, m: fulfil(w, m["id"])),
    _rule(rf"(?:make |mark |set |change )?{_FIELDS} {_OF} (?:(?:must|should|has to|have to|to) be |to |as )?{_MARK}",
          _marks),
    _rule(rf"(?:make |mark |set |change ){_FIELDS} (?:to be |as )?{_MARK} {_OF}", _marks),
    _rule(r"(?:allow |let )?(?:an? |each |every |the )?(?P<one>[\w -]+?) (?:to |can |may |should be able to |could )?"
          r"(?:be in|be on|be part of|be (?:an? )?members? of|belongs? to|join) "
          r"(?:more than one|many|several|multiple) (?P<other>[\w -]+)", _join),
    _rule(r"(?:make |change |turn )?(?:the )?(?P<one>\w+) ?(?:[/–-]|and|to) ?(?P<other>\w+) relation(?:ship)?s? "
          r"(?:(?:should|must) be |to be |to |into |as )?(?:an? )?(?P<how>(?:one|many)[- ]to[- ](?:one|many))", _join),
    _rule(r"(?:make |change |turn )?(?:the )?relation(?:ship)? (?:between|of) (?P<one>\w+) (?:and|to|with) "
          r"(?P<other>\w+) (?:(?:should|must) be |to be |to |into |as )?(?:an? )?"
          r"(?P<how>(?:one|many)[- ]to[- ](?:one|many))", _join),
    _rule(r"split (?:up )?(?:the )?(?P<thing>.+?) (?:in|into|to) (?P<listed>.+)",
          lambda w, m: shaping.split(w, m["thing"], m["listed"])),
    _rule(r"add (?:some |more |new |the following )*(?:fields?|attributes?|columns?) (?:to|on|for) (?:the )?"
          r"(?P<entity>[\w ]+?): *(?P<listed>.+)", _add),
    _rule(r"add (?:an? |the )?(?:new )?(?P<name>\w+)(?: join| junction| link)? (?:entity|table): *(?P<listed>.+)",
          _entity),
    _rule(r"(?:allow|enable|ability|possibility)(?: (?P<who>[\w ]+?))? to (?P<verb>\w+) (?:an? |the |their |own )*"
          r"(?P<thing>[\w -]+)", _allow),
    _rule(r"(?P<who>[\w ]+?) (?:should|must|need to|want to) be able to (?P<verb>\w+) (?:an? |the |their |own )*"
          r"(?P<thing>[\w -]+)", _allow),
    _rule(r"(?:replace|change|reword) (?:requirement )?(?P<id>R\d{1,4}) (?:by|with|to|into)[: ]+(?P<text>.+)",
          lambda w, m: w.replace_requirement(m["id"], m["text"].strip("\"“”"))),
    _rule(r"(?:remove|drop|retire|delete) (?:requirement )?(?P<id>R\d{1,4})(?:,? (?:because|since|as) (?P<why>.+))?",
          lambda w, m: w.retire_requirement(m["id"], m["why"] or "")),
    _rule(r"add (?:a |the )?(?:new )?requirement[: ]+"
          r"(?P<text>.+)", lambda w, m: w.add_requirement(m["text"].strip("\"“”"))),
    _rule(r"(?:change|set|rename) the title to (?P<title>.+)", lambda w, m: w.retitle(m["title"])),
    _rule(rf"rename (?:the )?{_SORT}(?P<old>.+?) (?:to|into|as|->|→|=>) (?P<new>.+)", _rename),
    _rule(rf"{_SORT}(?P<old>[\w.]+) ?(?:->|→|=>) ?(?P<new>[\w ]+)", _rename),
    _rule(r"add (?:an? |the )?(?:new )?(?:entity|table)(?: (?:called|named))? (?P<name>[\w ]+?)(?: (?:with"
          r"|having|that has) (?:the )?(?:attributes? |fields? |columns? )?(?P<listed>.+))?",
          _entity),
    _rule(r"add (?:an? |the )?(?:new )?(?:actor|role)(?: (?:called|named))? (?P<name>[\w"
          r" ]+)", lambda w, m: w.add_actor(m["name"])),
    _rule(r"add (?:an? |the )?(?:relation|relationship) (?:between|from) (?P<one>.+?) (?:and|to) (?P<other>.+?)"
          r"(?: (?:as )?\(?(?P<how>(?:one|many)[- ]to[- ](?:one|many))\)?)?",
          _relate),
    _rule(r"(?:relate|connect|link) (?P<one>.+?) (?:to|with|and) (?P<other>.+?)(?: (?:as )?\(?(?P<how>(?:one"
          r"|many)[- ]to[- ](?:one|many))\)?)?", _relate),
    _rule(r"add (?:an? |the )?(?:new )?(?:attributes?|fields?|columns?|propert(?:y|ies))(?: (?:called|named))? "
          r"(?P<listed>.+) (?:to|on|for|in) (?P<entity>[^,]+?)", _add),
    _rule(r"add (?:an? |the |some )?(?P<listed>.+) (?:to|on) (?:the |each |every )?(?P<entity>[^,]+?)(?: "
          r"(?:entity|table))?", _add),
    _rule(r"(?:remove|delete|drop) (?:the )?(?:relation|relationship|link) (?:between|from) (?P<one>.+?) (?:and"
          r"|to) (?P<other>.+)",
          lambda w, m: w.unrelate(m["one"], m["other"])),
    _rule(rf"(?:remove|delete|drop|get rid of) (?:the )?{_SORT}(?P<thing>.+)", _remove),
    _rule(r"(?:make|mark|set) (?:the )?(?P<thing>.+?) (?:as |to be |to )?(?P<mark>required|mandatory|optional"
          r"|nullable|unique|not unique|not required)", _mark),
    _rule(r"(?P<thing>.+?) (?:must|should) be (?P<mark>required|mandatory|optional|unique)", _mark),
    _rule(r"(?:change|make|set) (?:the )?(?:type of )?(?P<thing>.+?) (?:to|into|of type|(?:be )?an?) "
          r"(?P<type>[\w]+(?:\s*\([^)]*\))?)", lambda w, m: w.retype(m["thing"], m["type"])),
    _rule(rf"(?:allow )?only (?P<who>[\w -]+?) (?:{_MAY} |to )(?P<verb>\w+)(?: (?P<thing>[\w -]+))?", _only),
    _rule(r"(?:an? |each |every )?(?P<one>[\w -]+?) (?:has|have|can have|may have) (?:many|several|multiple) "
          r"(?P<other>[\w -]+)", _many),
    _rule(r"(?:an? |each |every )?(?P<one>[\w -]+?) (?:belongs?) to (?:an? |one |exactly one )?(?P<other>[\w"
          r" -]+)", _belongs),
)  # fmt: skip
