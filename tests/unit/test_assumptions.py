"""Assumptions: confirmed they lose their mark, struck they go with all that cannot be without them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designchord.blueprint import answering
from designchord.blueprint.assumptions import settle, targets
from designchord.blueprint.model import (
    Actor,
    Assumption,
    Attribute,
    Blueprint,
    Brief,
    Entity,
    Operation,
    Relation,
    Scenario,
    ScenarioStep,
)
from designchord.drafter.drafting import draft
from designchord.errors import Conflict, NotFound

SENTENCES = (
    "Members borrow tools.",
    "A member can reserve a tool for a date; overlapping reservations are refused.",
    "Customers put products into a cart and place orders.",
    "A customer pays for an order by card.",
    "Users write posts and comment on them; others like a post.",
    "A manager approves leave requests of employees.",
    "A recipe has several ingredients.",
    "Sensors send readings every minute; an alarm is raised above a limit.",
    "Users follow other users and send them messages.",
    "회원은 이메일로 가입하고 상품을 장바구니에 담아 주문한다.",
    "관리자는 상품과 재고를 등록한다.",
    "환자는 의사의 진료를 예약하고 취소할 수 있다.",
    "학생은 강의를 수강 신청하고 과제를 제출한다.",
    "A course belongs to multiple categories.",
)

ideas = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6, unique=True)


def drafted(sentences: list[str]) -> Blueprint:
    return draft(Brief("Idea", "\n".join(f"- {sentence}" for sentence in sentences), language="en"))


def errors(blueprint: Blueprint) -> list[str]:
    return [problem.message for problem in answering.check(answering.dump(blueprint))[1] if problem.severity == "error"]


@settings(max_examples=40)
@given(sentences=ideas, data=st.data())
def test_whatever_is_settled_the_blueprint_stays_valid(sentences: list[str], data: st.DataObject) -> None:
    blueprint = drafted(sentences)
    ids = [assumption.id for assumption in blueprint.assumptions]
    verdicts = data.draw(st.fixed_dictionaries({one: st.sampled_from(["confirm", "strike", ""]) for one in ids}))
    for identifier, verdict in verdicts.items():
        if not verdict or identifier not in {one.id for one in blueprint.assumptions}:
            continue
        field = "struck" if verdict == "strike" else "confirmed"
        try:
            blueprint = settle(blueprint, **{field: [identifier]})
        except Conflict:
            assert verdict == "strike"
            continue
        assert errors(blueprint) == []
        assert identifier not in {one.id for one in blueprint.assumptions}


@settings(max_examples=20)
@given(sentences=ideas)
def test_every_assumption_of_a_draft_stands_behind_something(sentences: list[str]) -> None:
    blueprint = drafted(sentences)
    for assumption in blueprint.assumptions:
        if assumption.about != "language":
            found = targets(blueprint, assumption)
            assert found, assumption
            if not assumption.about.startswith("refusal:"):
                assert len(found) == assumption.about.count(",") + 1


@settings(max_examples=20)
@given(sentences=ideas)
def test_nothing_is_marked_once_everything_is_confirmed(sentences: list[str]) -> None:
    blueprint = drafted(sentences)
    settled = settle(blueprint, confirmed=[one.id for one in blueprint.assumptions])
    assert settled.assumptions == ()
    assert '"assumed": true' not in answering.dump(settled)


def shop(*assumptions: Assumption) -> Blueprint:
    """Orders with items, of which the items are assumed."""

    def entity(name: str, *attributes: Attribute, assumed: bool = False) -> Entity:
        key = Attribute(name="id", type="uuid", key="primary")
        return Entity(name=name, label=name, attributes=(key, *attributes), assumed=assumed)

    def call(source: str, target: str, message: str, operation: str | None = None, when: str = "") -> ScenarioStep:
        return ScenarioStep(source=source, target=target, message=message, operation=operation, when=when)

    return Blueprint(
        title="Shop",
        actors=(Actor(id="Customer", label="customer"), Actor(id="Admin", label="admin")),
        entities=(
            entity("Order", Attribute(name="total", type="decimal", assumed=True)),
            entity(
                "OrderItem", Attribute(name="order_id", type="uuid", key="foreign", references="Order"), assumed=True
            ),
            entity(
                "Gift", Attribute(name="order_item_id", type="uuid", key="foreign", references="OrderItem")
            ),
        ),
        relations=(
            Relation(source="Order", target="OrderItem", cardinality="one_to_many", assumed=True),
            Relation(source="OrderItem", target="Gift", cardinality="one_to_many"),
        ),
        operations=(
            Operation(
                id="placeOrder", method="POST", path="/orders", summary="Place", entity="Order", request=("total",)
            ),
            Operation(
                id="addItem", method="POST", path="/orders/{order_id}/items", summary="Add", entity="OrderItem",
                actor="Admin", assumed=True,
            ),
            Operation(
                id="addGift", method="POST", path="/gifts", summary="Gift", entity="Gift", request=("order_item_id",)
            ),
        ),
        scenarios=(
            Scenario(
                id="place-order",
                title="Place an order",
                actor="Customer",
                steps=(
                    call("Customer", "System", "place", "placeOrder"),
                    call("System", "Customer", "refused", when="Not enough stock"),
                    call("System", "Database", "save"),
                    call("Customer", "System", "add", "addItem"),
                    call("System", "Database", "save item"),
                ),
            ),
            Scenario(id="add-item", title="Add", actor="Admin", steps=(call("Admin", "System", "add", "addItem"),)),
        ),
        assumptions=assumptions,
    )  # fmt: skip


def about(text: str, identifier: str = "A1") -> Assumption:
    return Assumption(id=identifier, text="assumed", about=text)


def test_a_struck_entity_takes_its_keys_relations_calls_and_stories_along() -> None:
    left = settle(shop(about("entity:OrderItem"), about("operation:addItem", "A2")), struck=["A1"])
    assert [entity.name for entity in left.entities] == ["Order", "Gift"]
    assert left.relations == ()
    assert [attribute.name for attribute in left.entities[1].attributes] == ["id"]
    assert [operation.id for operation in left.operations] == ["placeOrder", "addGift"]
    assert left.operations[1].request == ()
    assert [scenario.id for scenario in left.scenarios] == ["place-order"]
    assert [step.message for step in left.scenarios[0].steps] == ["place", "refused", "save"]
    assert left.assumptions == ()


def test_a_struck_attribute_is_no_longer_sent() -> None:
    left = settle(shop(about("attribute:Order.total")), struck=["A1"])
    assert left.operations[0].request == ()
    assert [attribute.name for attribute in left.entities[0].attributes] == ["id"]


def test_a_struck_relation_takes_its_key_and_the_calls_that_go_through_it() -> None:
    left = settle(shop(about("relation:Order-OrderItem")), struck=["A1"])
    assert [relation.target for relation in left.relations] == ["Gift"]
    assert [attribute.name for attribute in left.entities[1].attributes] == ["id"]
    assert "addItem" not in {operation.id for operation in left.operations}


def test_a_refusal_becomes_an_error_or_its_branch_goes() -> None:
    shop_with = shop(about("refusal:placeOrder.409 Not enough stock"))
    assert settle(shop_with, confirmed=["A1"]).operations[0].errors == ((409, "Not enough stock"),)
    left = settle(shop_with, struck=["A1"])
    assert "refused" not in {step.message for step in left.scenarios[0].steps}


def test_what_a_struck_actor_did_the_first_other_person_does() -> None:
    left = settle(shop(about("actor:Admin")), struck=["A1"])
    assert [actor.id for actor in left.actors] == ["Customer"]
    assert left.operations[1].actor == "Customer"
    assert left.scenarios[1].actor == left.scenarios[1].steps[0].source == "Customer"


def test_confirming_takes_the_mark_off_and_changes_nothing_else() -> None:
    settled = settle(shop(about("entity:OrderItem, relation:Order-OrderItem, operation:addItem")), confirmed=["A1"])
    assert not any(one.assumed for one in (*settled.entities, *settled.relations, *settled.operations))
    assert settled.entities[0].attributes[1].assumed
    assert len(settled.scenarios[0].steps) == 5


def test_a_bare_name_as_models_write_it_is_looked_up() -> None:
    blueprint = shop(about("OrderItem"), about("Order.total", "A2"), about("the moon", "A3"))
    assert [len(targets(blueprint, one)) for one in blueprint.assumptions] == [1, 1, 0]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("attribute:Order.id", "no primary key"),
        ("entity:Order, entity:OrderItem, entity:Gift", "last entity"),
        ("actor:Admin, actor:Customer", "last actor"),
        ("operation:placeOrder, operation:addItem, operation:addGift", "last operation"),
        ("name:Order", "names nothing"),
        ("language", "names nothing"),
        ("", "names nothing"),
    ],
)
def test_what_a_design_cannot_be_without_is_not_struck(written: str, told: str) -> None:
    with pytest.raises(Conflict, match=told):
        settle(shop(about(written)), struck=["A1"])


def test_unknown_and_contradicting_ids_are_refused() -> None:
    with pytest.raises(NotFound, match="A9"):
        settle(shop(about("entity:OrderItem")), confirmed=["A9"])
    with pytest.raises(Conflict, match="confirm it or strike it"):
        settle(shop(about("entity:OrderItem")), confirmed=["A1"], struck=["A1"])


def test_when_the_last_story_goes_a_plain_one_takes_its_place() -> None:
    left = settle(shop(about("scenario:place-order, scenario:add-item")), struck=["A1"])
    assert [scenario.id for scenario in left.scenarios] == ["place-order"]
    assert [step.operation for step in left.scenarios[0].steps] == ["placeOrder", None]
    assert errors(left) == []
