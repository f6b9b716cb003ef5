"""Blueprints as text: read leniently from a model, checked strictly from a person, written canonically."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from designchord import drafter
from designchord.blueprint.answering import check, dump, load, read
from designchord.blueprint.model import Blueprint, Brief, Requirement
from designchord.kinds.prompts import read_prompt
from designchord.notation.problems import has_errors
from tests.unit.forms import fill

KO = Brief("도서 대여", "회원이 책을 빌린다.", "", "ko")
EN = Brief("Lending", "Members borrow books.", "", "en")

SMALL: dict[str, Any] = {
    "title": "Lending",
    "actors": ["Member: Member"],
    "requirements": ["R1 must: Members borrow books."],
    "entities": [
        {"name": "Member", "label": "Member", "attributes": ["id: uuid pk", "email: email unique"]},
        {
            "name": "Loan",
            "label": "Loan",
            "attributes": ["id: uuid pk", "member_id: uuid fk Member", "due_on: date? | due date"],
            "requirements": ["R1"],
        },
    ],
    "relations": ["Member 1--n Loan | borrows"],
    "operations": [
        {"id": "createLoan", "call": "POST /loans", "summary": "Borrow", "entity": "Loan", "requirements": ["R1"]}
    ],
    "scenarios": [
        {"id": "borrow", "title": "Borrow", "actor": "Member", "steps": ["Member -> System: asks [createLoan]"]}
    ],
}


def _read(brief: Brief = EN, **changes: Any) -> Any:
    return read(json.dumps(SMALL | changes, ensure_ascii=False), brief)


def _codes(items: Any) -> set[str]:
    return {item.code for item in items}


def test_the_prompts_own_form_filled_in_is_read_without_repairs() -> None:
    form = re.search(r"```json\n(.*?)```", read_prompt("designchord.blueprint").text, re.DOTALL)
    assert form is not None
    raw = json.loads(fill(form[1]))
    raw["entities"][0]["attributes"][1:] = ["due_on: date | 반납 예정일", "note: text? | 비고"]
    raw["entities"] += [{"name": "Member", "label": "회원", "attributes": ["phone: string | 전화번호"]}]

    asked = (Requirement(id="R1", text="책을 빌린다."), Requirement(id="R2", text="목록은 빨라야 한다."))

    candidate = read(json.dumps(raw), KO, asked, tell=drafter.steps_of)

    assert candidate.blueprint is not None
    assert not candidate.fixes
    assert candidate.problems == candidate.wanting  # what it is about is not looked at here
    loan = candidate.blueprint.entity("Loan")
    assert loan is not None
    assert [attribute.name for attribute in loan.attributes] == ["id", "member_id", "status", "due_on", "note"]
    status, note = loan.attributes[2], loan.attributes[4]
    assert (status.type, status.values, status.label) == ("enum", ("active", "returned"), "상태")
    assert not note.required
    told, borrow = candidate.blueprint.scenarios
    assert [step.operation for step in told.steps if step.operation] == ["listLoans", "createLoan"]
    assert [(step.source, step.target, step.when) for step in told.steps[4:]] == [
        ("Member", "System", ""),
        ("System", "Database", ""),
        ("Database", "System", ""),
        ("System", "Member", "이미 대여 중인 책"),
        ("System", "Database", ""),
        ("Database", "System", ""),
        ("System", "Member", ""),
    ]
    assert [(step.kind, bool(step.when), step.operation) for step in borrow.steps] == [
        ("call", False, "createLoan"),
        ("call", False, None),
        ("reply", True, None),
        ("call", False, None),
        ("reply", False, None),
    ]
    assert candidate.blueprint.actors[1].kind == "external"
    assert candidate.blueprint.requirements[1].kind == "quality"
    assert candidate.blueprint.operations[0].errors == ((409, "이미 대여 중인 책"),)
    assert candidate.blueprint.relations[0].cardinality == "one_to_many"


def test_a_canonical_blueprint_reads_as_itself() -> None:
    blueprint = _read().blueprint
    again = read(f"Here you are:\n```json\n{dump(blueprint)}\n```", EN)
    assert again.blueprint == blueprint
    assert again.fixes == ()


def test_what_is_dumped_loads_the_same_and_dumps_the_same() -> None:
    blueprint = _read(KO).blueprint
    source = dump(blueprint)
    assert load(source) == check(source)[0] == blueprint
    assert dump(load(source)) == source
    assert list(json.loads(source)) == [name for name in Blueprint.model_fields if name in json.loads(source)]


def test_an_answer_without_json_says_so() -> None:
    candidate = read("I am sorry, I cannot do that.", EN)
    assert candidate.blueprint is None
    assert _codes(candidate.problems) == {"blueprint.not_found"}


def test_an_answer_that_breaks_off_is_not_a_blueprint() -> None:
    text = json.dumps(SMALL)
    candidate = read(text[: len(text) * 3 // 4], EN)
    assert candidate.blueprint is None
    assert "blueprint.incomplete" in _codes(candidate.problems) | {
        "blueprint.incomplete" for problem in candidate.problems if problem.code == "blueprint.not_found"
    }


def test_names_get_their_case_everywhere_they_are_used() -> None:
    candidate = _read(
        actors=[{"id": "library member", "label": "Member"}],
        entities=[
            {"name": "members", "attributes": [{"name": "ID", "type": "BIGINT", "key": "PK"}]},
            {"name": "loan_items", "attributes": [{"name": "memberId", "type": "bigint", "references": "Member"}]},
        ],
        relations=[{"from": "member", "to": "LoanItem", "cardinality": "1:N"}],
        operations=[
            {
                "id": "create-loan",
                "method": "post",
                "path": "/Loans/:memberId",
                "actor": "LibraryMember",
                "entity": "loanItem",
            }
        ],
        scenarios=[
            {
                "title": "Borrow It",
                "actor": "Library Member",
                "steps": [{"from": "LibraryMember", "to": "API", "message": "asks", "operation": "createLoan"}],
            }
        ],
    )
    blueprint = candidate.blueprint
    assert blueprint is not None, candidate.problems
    assert [entity.name for entity in blueprint.entities] == ["Members", "LoanItems"]
    assert [(a.name, a.type, a.references) for a in blueprint.entities[1].attributes] == [
        ("id", "uuid", None),
        ("member_id", "integer", "Members"),
    ]
    relation = blueprint.relations[0]
    assert (relation.source, relation.target, relation.cardinality) == ("Members", "LoanItems", "one_to_many")
    operation = blueprint.operations[0]
    assert (operation.id, operation.method, operation.path) == ("createLoan", "POST", "/loans/{member_id}")
    assert (operation.actor, operation.entity) == ("LibraryMember", "LoanItems")
    assert blueprint.scenarios[0].id == "borrow-it"
    assert blueprint.scenarios[0].steps[0].target == "System"
    assert {"blueprint.name", "blueprint.path", "blueprint.type"} <= _codes(candidate.fixes)


def test_a_name_that_is_right_stays_as_it_is_written() -> None:
    candidate = _read(entities=[{"name": "APIKey", "attributes": ["id: uuid pk", "a__b: string"]}], relations=[])
    assert candidate.blueprint is not None
    assert candidate.blueprint.entities[0].name == "APIKey"
    assert candidate.blueprint.entities[0].attributes[1].name == "a__b"
    assert "blueprint.name" not in _codes(candidate.fixes)


def test_a_korean_name_becomes_ascii_and_keeps_its_label() -> None:
    candidate = _read(KO, entities=[{"name": "대여", "attributes": ["id: uuid pk", "반납일: date"]}], relations=[])
    blueprint = candidate.blueprint
    assert blueprint is not None
    assert (blueprint.entities[0].name, blueprint.entities[0].label) == ("Daeyeo", "대여")
    assert blueprint.entities[0].attributes[1].name == "bannapil"


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("varchar(255)", "string"),
        ("BIGINT", "integer"),
        ("timestamptz", "datetime"),
        ("double", "decimal"),
        ("jsonb", "json"),
    ],
)
def test_types_of_databases_and_languages_are_known(written: str, known: str) -> None:
    entities = [{"name": "Loan", "attributes": [{"name": "id", "key": "primary"}, {"name": "x", "type": written}]}]
    blueprint = _read(entities=entities, relations=[]).blueprint
    assert blueprint.entities[0].attributes[1].type == known


@pytest.mark.parametrize(
    ("written", "source", "target", "cardinality"),
    [
        ("1:N", "Member", "Loan", "one_to_many"),
        ("N:1", "Loan", "Member", "one_to_many"),
        ("one-to-one", "Member", "Loan", "one_to_one"),
        ("many_to_many", "Member", "Loan", "many_to_many"),
        ("0..1 : *", "Member", "Loan", "one_to_many"),
        ("||--o{", "Member", "Loan", "one_to_many"),
    ],
)
def test_cardinalities_are_read_in_any_notation(written: str, source: str, target: str, cardinality: str) -> None:
    other = "Loan" if written == "N:1" else "Member"
    first, second = (other, "Member") if written == "N:1" else (other, "Loan")
    blueprint = _read(relations=[{"source": first, "target": second, "cardinality": written}]).blueprint
    found = [(r.source, r.target, r.cardinality) for r in blueprint.relations]
    assert ("Member", "Loan", cardinality) in found
    assert (source, target) in {("Member", "Loan"), ("Loan", "Member")}


def test_a_relation_gets_its_foreign_key_and_a_foreign_key_its_relation() -> None:
    candidate = _read(
        entities=[
            {"name": "Member", "attributes": ["id: integer pk"]},
            {"name": "Book", "attributes": ["id: uuid pk"]},
            {"name": "Loan", "attributes": ["id: uuid pk", "book_id: uuid fk Book"]},
        ],
        relations=["Member 1--n Loan"],
    )
    blueprint = candidate.blueprint
    loan = blueprint.entity("Loan")
    assert [(a.name, a.type, a.references) for a in loan.attributes[1:]] == [
        ("book_id", "uuid", "Book"),
        ("member_id", "integer", "Member"),
    ]
    assert {(r.source, r.target) for r in blueprint.relations} == {("Member", "Loan"), ("Book", "Loan")}
    assert not has_errors(candidate.problems)


def test_a_many_to_many_relation_with_a_junction_entity_is_that_entity() -> None:
    blueprint = _read(
        entities=[
            {"name": "Post", "attributes": ["id: uuid pk"]},
            {"name": "Tag", "attributes": ["id: uuid pk"]},
            {"name": "PostTag", "attributes": ["post_id: uuid pk fk Post", "tag_id: uuid pk fk Tag"]},
        ],
        relations=["Post n--n Tag"],
        operations=[{"id": "listPosts", "call": "GET /posts", "summary": "Posts", "entity": "Post", "returns": "page"}],
        scenarios=[{"id": "read", "title": "Read", "actor": "Member"}],
    ).blueprint
    assert {r.cardinality for r in blueprint.relations} == {"one_to_many"}
    assert [a.key for a in blueprint.entity("PostTag").attributes] == ["primary_foreign", "primary_foreign"]


def test_references_to_nothing_are_dropped_with_a_warning() -> None:
    candidate = _read(
        relations=["Member 1--n Loan", "Member 1--n Spaceship"],
        operations=[
            {"id": "createLoan", "call": "POST /loans", "summary": "x", "actor": "Ghost", "requirements": ["R1", "R99"]}
        ],
        scenarios=[
            {
                "id": "b",
                "title": "B",
                "actor": "Member",
                "steps": ["Member -> System: a [nothing]", "Ghost -> System: b"],
            }
        ],
    )
    assert candidate.blueprint is not None
    warnings = [problem.message for problem in candidate.problems]
    assert len(warnings) == 5
    for name in ("Spaceship", "Ghost", "R99", "nothing"):
        assert any(name in message for message in warnings)
    assert len(candidate.blueprint.scenarios[0].steps) == 1


def test_extra_fields_and_mappings_and_wrappers_are_taken_in_good_part() -> None:
    raw = {
        "blueprint": SMALL
        | {
            "confidence": 0.9,
            "entities": {
                "Member": {"attributes": {"id": "uuid pk", "name": "string"}},
                "Loan": {"attributes": ["id: uuid pk"]},
            },
            "relations": [],
        }
    }
    candidate = read(json.dumps(raw), EN)
    assert candidate.blueprint is not None
    assert [entity.name for entity in candidate.blueprint.entities] == ["Member", "Loan"]
    assert [a.name for a in candidate.blueprint.entities[0].attributes] == ["id", "name"]
    assert {"blueprint.unwrapped", "blueprint.extra", "blueprint.list"} <= _codes(candidate.fixes)


def test_limits_cut_and_say_so() -> None:
    requirements = [f"R{number} must: words" for number in range(1, 400)]
    candidate = _read(requirements=requirements, summary="x" * 5000)
    assert candidate.blueprint is not None
    assert len(candidate.blueprint.requirements) == 300
    assert len(candidate.blueprint.summary) == 2000
    assert "blueprint.limit" in _codes(candidate.fixes)


def test_requirements_get_ids_and_references_follow_them() -> None:
    candidate = _read(
        requirements=[
            {"id": "FR-01", "text": "first"},
            "second without an id",
            {"id": "REQ_7", "text": "third", "priority": "High"},
        ],
        entities=[{"name": "Loan", "attributes": ["id: uuid pk"], "requirements": ["FR-01", "REQ_7"]}],
        relations=[],
        operations=[{"id": "createLoan", "call": "POST /loans", "summary": "x"}],
    )
    blueprint = candidate.blueprint
    assert [requirement.id for requirement in blueprint.requirements] == ["R1", "R2", "R7"]
    assert blueprint.entities[0].requirements == ("R1", "R7")


def test_a_shape_that_cannot_be_repaired_is_an_error_with_its_path() -> None:
    candidate = _read(entities=[], relations=[])
    assert candidate.blueprint is None
    assert any(problem.message.startswith("entities:") for problem in candidate.problems)


@pytest.mark.parametrize("nonsense", [5, None, "x", [1], {"a": 1}, [[]], True])
@pytest.mark.parametrize("field", list(Blueprint.model_fields))
def test_no_nonsense_in_any_field_raises(field: str, nonsense: Any) -> None:
    candidate = _read(**{field: nonsense})
    assert candidate.blueprint is not None or has_errors(candidate.problems)


def test_deep_json_is_refused() -> None:
    deep = json.dumps(SMALL | {"x": json.loads("[" * 50 + "]" * 50)})
    assert _codes(read(deep, EN).problems) == {"blueprint.too_deep"}
    assert _codes(check(deep)[1]) == {"blueprint.too_deep"}
    assert _codes(check("[" * 100_000)[1]) <= {"blueprint.too_deep", "blueprint.syntax"}


# Edits by hand


def _edited(old: str, new: str) -> tuple[str, int]:
    """The small blueprint with one change, and the line of it."""
    source = dump(_read().blueprint)
    assert old in source
    return source.replace(old, new, 1), source[: source.index(old)].count("\n") + 1


def test_a_correct_edit_has_no_problems() -> None:
    blueprint, problems = check(dump(_read().blueprint))
    assert blueprint is not None
    assert problems == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"name": "member_id"', '"name": "memberId"', "blueprint.shape"),
        ('"type": "date"', '"type": "varchar"', "blueprint.shape"),
        ('"method": "POST"', '"method": "FETCH"', "blueprint.shape"),
        ('"path": "/loans"', '"path": "loans"', "blueprint.shape"),
        ('"entity": "Loan"', '"entity": "Lona"', "blueprint.unknown_entity"),
        ('"operation": "createLoan"', '"operation": "makeLoan"', "blueprint.unknown_operation"),
        ('"target": "System"', '"target": "Systemm"', "blueprint.unknown_actor"),
    ],
)
def test_a_wrong_edit_is_found_on_its_line(old: str, new: str, code: str) -> None:
    source, line = _edited(old, new)
    blueprint, problems = check(source)
    assert blueprint is None
    errors = [problem for problem in problems if problem.severity == "error"]
    assert [problem.code for problem in errors] == [code]
    assert errors[0].hint
    assert abs((errors[0].line or 0) - line) <= 4


def test_broken_json_has_line_and_column() -> None:
    source, line = _edited('"method": "POST"', '"method" "POST"')
    blueprint, problems = check(source)
    assert blueprint is None
    assert (problems[0].code, problems[0].line) == ("blueprint.syntax", line)
    assert problems[0].column


def test_load_refuses_what_check_refuses() -> None:
    with pytest.raises(ValueError, match="JSON"):
        load("{")


@pytest.mark.parametrize("removed", ["references", "key"])
def test_a_half_foreign_key_is_an_error(removed: str) -> None:
    raw = json.loads(dump(_read().blueprint))
    del raw["entities"][1]["attributes"][1][removed]
    blueprint, problems = check(json.dumps(raw))
    assert blueprint is None
    assert has_errors(problems)


def test_the_ways_of_sql_and_of_long_json_are_read() -> None:
    columns = [
        {"name": "id", "type": "BIGSERIAL", "primary_key": True},
        {"name": "member_id", "type": "bigint", "foreign_key": "members.id"},
        {"name": "status", "type": "ENUM('open','closed')"},
    ]
    raw = {
        "project_name": "Lending",
        "actors": [{"name": "Member"}],
        "functional_requirements": [{"id": "FR-1", "description": "Members borrow."}],
        "non_functional_requirements": [{"id": "NFR-1", "description": "It is fast."}, "R9 should: It is safe."],
        "tables": [{"name": "members", "columns": ["id: int pk"]}, {"name": "loans", "columns": columns}],
        "endpoints": [{"method": "POST", "path": "/loans", "description": "Borrow", "requirements": ["FR-1"]}],
        "use_cases": [{"name": "Borrow", "actor": "Member", "steps": ["Member -> API: asks"]}],
    }
    candidate = read(json.dumps(raw), EN)
    assert candidate.problems == ()
    assert candidate.blueprint is not None
    assert [one.kind for one in candidate.blueprint.requirements] == ["functional", "quality", "quality"]
    assert candidate.blueprint.operations[0].requirements == ("R1",)
    loan = candidate.blueprint.entities[1]
    assert (loan.attributes[1].references, loan.attributes[2].values) == ("Members", ("open", "closed"))


# Damage


def _places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if path:
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _places(child, (*path, key))


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_to_an_answer_what_is_read_from_it_is_a_sound_blueprint(seed: int) -> None:
    chance = random.Random(seed)
    debris = (
        None,
        True,
        -1,
        "",
        "x",
        "Member",
        "R99",
        "회원",
        *("日本", "a" * 300, [], {}),
        ["x"],
        {"a": "b"},
        "fk Member",
    )
    read_well = 0
    for _ in range(40):
        raw = json.loads(json.dumps(SMALL))
        for _ in range(chance.randint(1, 4)):
            *way, last = chance.choice(list(_places(raw)))
            owner = raw
            for key in way:
                owner = owner[key]
            owner[last] = [owner[last]] * 2 if chance.random() < 0.2 else chance.choice(debris)
        candidate = read(json.dumps(raw), EN)
        if candidate.blueprint is None:
            assert has_errors(candidate.problems)
            continue
        read_well += 1
        assert check(candidate.source)[0] == candidate.blueprint
        assert read(candidate.source, EN).blueprint == candidate.blueprint
    assert read_well > 10
