"""Change sets, an algebra over blueprints: whatever is asked for, what comes of it is one, and can be undone."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designchord.blueprint import answering, changes
from designchord.blueprint.changes import Add, Change, Remove, Rename, Replace, Retire, apply, diff, expand
from designchord.blueprint.changes.applying import defect
from designchord.blueprint.model import Blueprint, Brief
from designchord.consistency.report import cross_check
from designchord.drafter import draft
from designchord.errors import BadInput
from designchord.kinds import registry
from tests.unit.valid_blueprints import blueprints, change_sets

LIBRARY = Brief(
    "Tool library",
    "Members borrow tools. A tool has a name and a condition.\n"
    "- Keepers add tools and remove tools.\n- A member may borrow at most five tools.\n",
)


@pytest.fixture(scope="module")
def library() -> Blueprint:
    return draft(LIBRARY)


@given(blueprints, blueprints)
@settings(max_examples=150)
def test_the_difference_of_two_blueprints_makes_one_of_the_other(before: Blueprint, after: Blueprint) -> None:
    applied = apply(before, diff(before, after))
    assert not applied.refused
    assert applied.blueprint == after
    assert answering.dump(applied.blueprint) == answering.dump(after)


@given(change_sets)
@settings(max_examples=150)
def test_what_was_done_can_be_undone(case: tuple[Blueprint, changes.Operations]) -> None:
    before, operations = case
    applied = apply(before, operations)
    undone = apply(applied.blueprint, applied.inverse)
    assert not undone.refused
    assert undone.blueprint == before


@given(change_sets)
@settings(max_examples=80)
def test_whatever_follows_can_be_undone_too_and_nothing_dangles(case: tuple[Blueprint, changes.Operations]) -> None:
    before, operations = case
    applied = apply(before, expand(before, operations, on="2026-01-31"))
    assert defect(applied.blueprint) is None
    assert answering.load(answering.dump(applied.blueprint)) == applied.blueprint
    assert apply(applied.blueprint, applied.inverse).blueprint == before
    ids = {one.id for one in (*before.requirements, *before.former)}
    assert ids <= {one.id for one in (*applied.blueprint.requirements, *applied.blueprint.former)} | {
        one.id for one in operations if one.do == "remove" and one.what == "former"
    }


@given(change_sets)
@settings(max_examples=40)
def test_operations_read_from_their_json_are_the_same(case: tuple[Blueprint, changes.Operations]) -> None:
    before, operations = case
    written = changes.write_operations(operations)
    again = changes.read_operations(json.loads(json.dumps(written)))
    assert again == operations
    assert len(changes.tell_all(operations).splitlines()) == len(operations)
    assert apply(before, again).blueprint == apply(before, operations).blueprint


@given(change_sets)
@settings(max_examples=15)
def test_what_is_compiled_afterwards_has_no_errors(case: tuple[Blueprint, changes.Operations]) -> None:
    before, operations = case
    after = apply(before, expand(before, operations)).blueprint
    for kind in registry.KINDS.values():
        for part in kind.parts(after):
            errors = [one for one in kind.check(kind.skeleton(after, part)) if one.severity == "error"]
            assert not errors


@given(blueprints, blueprints, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_some_of_a_change_can_be_done_with_what_it_needs(before: Blueprint, after: Blueprint, random: Random) -> None:
    operations = diff(before, after)
    needed = changes.needs(before, operations)
    waiting = random.sample(range(len(operations)), min(len(operations), 3))
    chosen: set[int] = set()
    while waiting:
        place = waiting.pop()
        if place not in chosen:
            chosen.add(place)
            waiting += needed[place]
    some = [operations[place] for place in sorted(chosen)]
    # The last of a sort may be among them: what is new in its place was not chosen.
    assert not apply(before, some).refused or _nothing_left_of_a_sort(before, some)


def _nothing_left_of_a_sort(before: Blueprint, operations: list[object]) -> bool:
    for listed, what in (
        ("actors", "actor"),
        ("entities", "entity"),
        ("operations", "operation"),
        ("scenarios", "scenario"),
    ):
        told = [one.do for one in operations if one.what == what]  # type: ignore[attr-defined]
        if len(getattr(before, listed)) + told.count("add") - told.count("remove") <= 0:
            return True
    return False


_junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_NAMES = ["id", "name", "references", "source", "target", "actor", "path", "about", "key"]
_FIELDS = ["attributes", "steps", "requirements", "request", "filters", *_NAMES]


@given(
    change_sets,
    st.sampled_from(["actor", "entity", "attribute", "relation", "operation", "scenario", "step"]),
    st.data(),
)
@settings(max_examples=40)
def test_operations_that_hold_anything_are_refused_and_need_nothing_odd(
    case: tuple[Blueprint, changes.Operations], what: str, data: st.DataObject
) -> None:
    blueprint, _ = case
    value = data.draw(st.dictionaries(st.sampled_from(_FIELDS), _junk, max_size=4))
    changed = data.draw(st.dictionaries(st.sampled_from(_FIELDS), _junk, min_size=1, max_size=3))
    address = data.draw(st.sampled_from(["Tool", "Tool.name", "Tool-Loan", "borrow.1", "createLoan", "a-b-c", ".", ""]))
    operations = [
        Add(what=what, owner="Tool", value=value),  # type: ignore[arg-type]
        Change(what=what, id=address, set=changed, was=value or None),  # type: ignore[arg-type]
        Remove(what=what, id=address, was=value),  # type: ignore[arg-type]
    ]
    needed = changes.needs(blueprint, operations)
    assert all(0 <= place < 3 for one in needed for place in one)
    assert defect(apply(blueprint, operations).blueprint) is None


def test_numbers_in_the_place_of_lists_are_refused(library: Blueprint) -> None:
    operations = [
        Add(what="operation", value={"id": "x", "requirements": 5, "request": True}),
        Change(what="scenario", id=library.scenarios[0].id, set={"requirements": 7}),
    ]
    assert changes.needs(library, operations) == [(), ()]
    assert [one.code for one in apply(library, operations).refused] == ["change.invalid", "change.invalid"]


def test_what_is_new_needs_what_it_names_and_a_removal_what_names_it_no_more(library: Blueprint) -> None:
    payment = {"name": "Payment", "label": "Payment", "attributes": [{"name": "id", "type": "uuid", "key": "primary"}]}
    call = {"id": "pay", "method": "POST", "path": "/payments", "summary": "Pay", "entity": "Payment"}
    operations = expand(library, [Add(what="entity", value=payment), Add(what="operation", value=call)])
    assert changes.needs(library, operations) == [(), (0,)]
    removal = expand(library, [Remove(what="entity", id="Tool")])
    (first, *others) = changes.needs(library, removal)
    assert first
    assert 0 not in {place for one in others for place in one}


def test_a_rename_reaches_keys_paths_calls_stories_and_words(library: Blueprint) -> None:
    after = apply(library, expand(library, [Rename(what="entity", id="Member", to="Customer")])).blueprint
    loan = after.entity("Loan")
    assert loan is not None
    assert ("customer_id", "Customer") in {(one.name, one.references) for one in loan.attributes}
    left = answering.dump(after.model_copy(update={"requirements": (), "title": "x"}))
    assert "ember" not in left.replace("remember", "")
    assert after.requirements == library.requirements


def test_a_new_name_that_holds_the_old_one_is_put_once(library: Blueprint) -> None:
    keyed = next(one for one in library.operations if one.entity != "Tool" and "tool_id" in one.request)
    renamed = apply(library, expand(library, [Rename(what="entity", id="Tool", to="HandTool")])).blueprint
    assert "hand_tool_id" in next(one for one in renamed.operations if one.id == keyed.id).request
    assert "hand_hand_tool" not in answering.dump(renamed)


def test_korean_particles_follow_a_new_word() -> None:
    from designchord.blueprint.changes.wording import exchanged

    assert exchanged("회원은 도구를 빌린다", "회원", "구매자") == "구매자는 도구를 빌린다"
    assert exchanged("회원으로 가입, 비회원, 회원가입", "회원", "구매자") == "구매자로 가입, 비회원, 구매자가입"


def test_a_removal_says_what_falls_with_it(library: Blueprint) -> None:
    written = expand(library, [Remove(what="operation", id="createTool")])
    assert [(one.do, one.what, one.because) for one in written] == [
        ("remove", "operation", None),
        ("remove", "scenario", 0),
    ]
    assert changes.tell_all(written).splitlines()[1].startswith("  - scenario")


def test_a_relation_that_is_asked_for_does_not_follow_from_a_key_as_well(library: Blueprint) -> None:
    key = {"name": "loan_id", "type": "uuid", "key": "foreign", "references": "Loan"}
    payment = {
        "name": "Payment",
        "label": "Payment",
        "attributes": [{"name": "id", "type": "uuid", "key": "primary"}, key],
    }
    relation = {"source": "Loan", "target": "Payment", "cardinality": "one_to_many", "label": "is paid by"}
    written = expand(library, [Add(what="entity", value=payment), Add(what="relation", value=relation)])
    after = apply(library, written).blueprint
    assert [one.label for one in after.relations if one.target == "Payment"] == ["is paid by"]


def test_a_requirement_is_never_forgotten_and_its_id_never_used_again(library: Blueprint) -> None:
    value = {"id": "R9", "text": "A member may borrow at most three tools."}
    after = apply(library, [Replace(id="R4", value=value, reason="too many got lost", on="2026-01-31")]).blueprint
    assert [(one.id, one.by, one.reason) for one in after.former] == [("R4", "R9", "too many got lost")]
    assert [one.id for one in after.requirements].index("R9") == [one.id for one in library.requirements].index("R4")
    refused = apply(after, [Add(what="requirement", value={"id": "R4", "text": "Something else."})]).refused
    assert [one.code for one in refused] == ["change.id_used"]


def test_what_somebody_else_changed_is_refused_and_the_rest_is_done(library: Blueprint) -> None:
    outdated = Change(what="entity", id="Tool", set={"label": "Machine"}, was={"label": "Hammer"})
    applied = apply(
        library, [outdated, Remove(what="entity", id="Nobody"), Rename(what="entity", id="Loan", to="Lending")]
    )
    assert [(one.index, one.code) for one in applied.refused] == [(0, "change.moved_on"), (1, "change.not_found")]
    assert applied.done == (2,)
    assert applied.blueprint.entity("Lending") is not None


def test_the_last_entity_stays(library: Blueprint) -> None:
    one = library.model_copy(
        update={
            "entities": library.entities[:1],
            "relations": (),
            "operations": library.operations[1:2],
            "scenarios": library.scenarios[1:2],
            "assumptions": (),
        }
    )
    assert defect(one) is None
    applied = apply(one, expand(one, [Remove(what="entity", id=one.entities[0].name)]))
    assert applied.blueprint == one
    assert applied.refused[0].code == "change.invalid_result"


@pytest.mark.parametrize(
    "raw",
    [
        {"do": "add"},
        [{"do": "explode"}],
        [{"do": "add", "what": "moon", "value": {}}],
        ["x"],
        [{"do": "change", "what": "entity", "id": "X", "set": {}}],
    ],
)
def test_what_is_no_change_set_is_said_to_be_none(raw: object) -> None:
    with pytest.raises(BadInput) as caught:
        changes.read_operations(raw)
    assert caught.value.code == "changes_malformed"


def test_document_and_matrix_show_what_became_of_former_requirements(library: Blueprint) -> None:
    value = {"id": "R9", "text": "A member may borrow at most three tools."}
    operations = expand(library, [Replace(id="R4", value=value, reason="lost tools"), Retire(id="R2")], on="2026-01-31")
    after = apply(library, operations).blueprint
    document = registry.kind("document").skeleton(after, registry.kind("document").parts(after)[0])
    assert "| R4 | A member may borrow at most five tools. | superseded by R9, 2026-01-31, lost tools |" in document
    assert "retired, 2026-01-31" in document
    rows = cross_check({("document", ""): document}, after).to_dict()["matrix"]["rows"]
    assert [(row["id"], row["former"]["by"]) for row in rows if row.get("former")] == [("R4", "R9"), ("R2", None)]
    assert not {"R4", "R2"} & {name for one in after.operations for name in one.requirements}
