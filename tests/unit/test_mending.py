"""A problem of the cross-check offers the one exact mend that it has, and none where it would guess."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from designchord.blueprint.changes import apply, expand, read_operations
from designchord.blueprint.model import Blueprint
from designchord.consistency.mending import TEXTS
from designchord.consistency.report import cross_check
from designchord.consistency.taking_over import Edit, edited
from designchord.kinds.registry import KINDS
from designchord.notation.merging import merge
from designchord.notation.problems import Problem
from tests.unit.test_consistency import DESIGN, _blueprint

Sources = dict[tuple[str, str], str]
ERD, API, STORY = ("erd", ""), ("api", ""), ("sequence", "borrow")
CHANGES: dict[str, Any] = {
    "entities": [
        *DESIGN["entities"],
        {"name": "Fine", "attributes": ["id: uuid pk", "amount: decimal", "paid: boolean"]},
    ],
    "relations": [*DESIGN["relations"], "Loan 1--n Fine | costs"],
    "operations": [{**DESIGN["operations"][0], "errors": ["409 It is lent"]}, DESIGN["operations"][1]],
}


def _compiled(blueprint: Blueprint) -> Sources:
    return {
        (name, part.key): kind.skeleton(blueprint, part)
        for name, kind in KINDS.items()
        for part in kind.parts(blueprint)
    }


def _without(text: str, *lines: str) -> str:
    """The text without the lines that hold these words."""
    return "\n".join(line for line in text.split("\n") if not any(words in line for words in lines))


def _without_entity(text: str, name: str) -> str:
    start = text.index(f"    {name} {{")
    return _without(text[:start] + text[text.index("}", start) + 2 :], f"{name} :")


def _without_call(text: str) -> str:
    return _changed(text, lambda api: api["paths"].pop("/loans/{loan_id}"))


def _without_answer(text: str) -> str:
    return _changed(text, lambda api: api["paths"]["/loans"]["post"]["responses"].pop("409"))


def _without_schema(text: str) -> str:
    return _changed(text, lambda api: api["components"]["schemas"].pop("Loan"))


def _without_field(text: str) -> str:
    def change(api: dict[str, Any]) -> None:
        for schema in api["components"]["schemas"].values():
            schema.get("properties", {}).pop("due_on", None)

    return _changed(text, change)


def _changed(text: str, change: Callable[[dict[str, Any]], object]) -> str:
    value = json.loads(text)
    change(value)
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _drawn_more(text: str, kind: str = "uuid") -> str:
    return f"{text}    Drawer {{\n        {kind} id PK\n        date built_on\n    }}\n"


def _refused(text: str, reply: str = "423 It is locked") -> str:
    return text.replace("Member: 201 loan", f"Member: {reply}")


#: What breaks a design, which part of it, and what the mend of which problem then is called.
BROKEN: dict[str, tuple[tuple[str, str], Callable[[str], str], str]] = {
    "rename_entity": (ERD, lambda text: text.replace("Loan", "Lending"), "entity_missing"),
    "add_entity": (ERD, _drawn_more, "entity_unknown"),
    "add_refusal": (STORY, _refused, "refusal_unknown"),
    "draw_entity": (ERD, lambda text: _without_entity(text, "Fine"), "entity_missing"),
    "draw_attributes": (ERD, lambda text: _without(text, "due_on", "status"), "attribute_missing"),
    "draw_relation": (ERD, lambda text: _without(text, "Fine :"), "relation_missing"),
    "answer_refusal": (API, _without_answer, "refusal_missing"),
    "add_call": (API, _without_call, "operation_missing"),
    "add_schema": (API, _without_schema, "schema_missing"),
    "add_fields": (API, _without_field, "field_missing"),
}


def _carried_out(sources: Sources, blueprint: Blueprint, fix: dict[str, Any]) -> tuple[Sources, Blueprint]:
    """As the pipeline does it: what somebody wrote is merged with what the blueprint then says, the rest follows it."""
    if "operations" in fix:
        operations = read_operations(fix["operations"])
        applied = apply(blueprint, expand(blueprint, operations))
        assert applied.refused == ()
        before, after = _compiled(blueprint), _compiled(applied.blueprint)
        renamed = {one["id"]: one["to"] for one in fix["operations"] if one["do"] == "rename"}
        for key, source in sources.items():
            if source != before[key]:
                after[key] = merge(before[key], source, after[key], renamed=renamed).text or source
        return after, applied.blueprint
    key = (fix["kind"], fix["part"])
    edits = [Edit(one["line"], tuple(one["old"]), tuple(one["new"])) for one in fix["edits"]]
    return {**sources, key: edited(sources[key], edits)}, blueprint


@pytest.mark.parametrize("code", BROKEN)
def test_a_problem_with_one_exact_mend_offers_it_and_is_gone_with_it(code: str) -> None:
    key, breaking, problem = BROKEN[code]
    blueprint = _blueprint(**CHANGES)
    whole = _compiled(blueprint)
    broken = {**whole, key: breaking(whole[key])}
    assert broken != whole
    found = [one for one in cross_check(broken, blueprint).problems if one.code == f"cross.{problem}"]
    assert found
    fix = found[0].to_dict()["fix"]
    assert fix["code"] == code
    assert fix["message"]
    sources, changed = _carried_out(broken, blueprint, json.loads(json.dumps(fix)))
    after = cross_check(sources, changed).problems
    assert found[0].message not in [one.message for one in after]
    assert not [one for one in after if one.severity == "error"]


def test_every_mend_has_a_story_here_and_words_in_both_languages() -> None:
    assert BROKEN.keys() == TEXTS.keys()
    assert all(english and korean for english, korean in TEXTS.values())


def _fixes(sources: Sources, blueprint: Blueprint) -> dict[str, Any]:
    def told(one: Problem) -> str:
        return one.code.removeprefix("cross.")

    return {told(one): one.fix for one in cross_check(sources, blueprint).problems if one.severity != "info"}


def test_two_entities_that_may_both_be_meant_are_not_renamed() -> None:
    twins = [{**DESIGN["entities"][1], "name": name, "requirements": []} for name in ("Loan", "Reservation")]
    blueprint = _blueprint(entities=[DESIGN["entities"][0], *twins], relations=["Member 1--n Loan | borrows"])
    sources = _compiled(blueprint)
    sources[ERD] = sources[ERD].replace("Loan", "Lending")
    fixes = _fixes(sources, blueprint)
    assert (fixes["entity_missing"] or {}).get("code") == "rename_entity"  # the other is there under its own name
    sources[ERD] = sources[ERD].replace("Reservation", "Booking")
    assert all("rename" not in (fix or {}).get("code", "") for fix in _fixes(sources, blueprint).values())


@pytest.mark.parametrize(
    ("key", "breaking"),
    [
        (ERD, lambda text: text.replace("date due_on", "integer due_on")),
        (ERD, lambda text: text.replace("||--", "|o--").replace("o{", "||")),
        (STORY, lambda text: text.replace("POST /loans", "POST /lendings")),
        (STORY, lambda text: _refused(text, "423")),
        (ERD, lambda text: _drawn_more(text, "blob")),
    ],
)
def test_where_it_would_guess_it_offers_nothing(key: tuple[str, str], breaking: Callable[[str], str]) -> None:
    blueprint = _blueprint()
    sources = _compiled(blueprint)
    sources[key] = breaking(sources[key])
    fixes = _fixes(sources, blueprint)
    assert fixes
    assert not any(fixes.values())


def test_lines_are_taken_over_without_touching_what_somebody_wrote() -> None:
    blueprint = _blueprint()
    sources = _compiled(blueprint)
    sources[ERD] = _without(sources[ERD], "due_on").replace("erDiagram", "erDiagram\n    %% mine")
    fix = _fixes(sources, blueprint)["attribute_missing"]
    mended, _ = _carried_out(sources, blueprint, dict(fix))
    assert [line for line in mended[ERD].split("\n") if line not in sources[ERD].split("\n")] == ["        date due_on"]
    assert "%% mine" in mended[ERD]


def test_a_design_in_korean_is_mended_in_korean() -> None:
    blueprint = _blueprint()
    sources = _compiled(blueprint)
    sources[ERD] = sources[ERD].replace("Loan", "Lending")
    told = [one.fix["message"] for one in cross_check(sources, blueprint, language="ko").problems if one.fix]
    assert "Loan을 모든 곳에서 Lending으로 바꾸기" in told
