"""A design that is exported and imported again is the same in all that its files carry."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings

from designchord.blueprint.model import Attribute, Blueprint, Entity, Operation, Relation
from designchord.kinds.registry import KINDS
from designchord.notation.sql.writing import script
from designchord.readers.inputs import Input, read_inputs
from designchord.readers.joining import Given, join
from designchord.readers.system import System
from designchord.rehearsal.stage import drawn_of
from designchord.rehearsal.tables import tables_of
from tests.unit.valid_blueprints import blueprints


def exported(blueprint: Blueprint) -> list[Input]:
    """The diagrams, the API and the schema of a design, as a folder has them; no blueprint and no document."""
    files, sources = [], {}
    for name, kind in KINDS.items():
        if kind.about.notation == "markdown":
            continue
        for part in kind.parts(blueprint):
            source = sources[name, part.key] = kind.skeleton(blueprint, part)
            files.append(Input(kind.about.file.replace("{part}", part.key), source))
    return [*files, Input("schema.sql", script(tables_of(blueprint, drawn_of(sources)), "postgresql"))]


def again(blueprint: Blueprint) -> Blueprint:
    joined = join(System(read_inputs(exported(blueprint))), Given(language=blueprint.language))
    assert joined is not None
    return joined.blueprint


def told(attribute: Attribute) -> tuple[object, ...]:
    one = attribute
    return one.type, one.key, one.references, one.required, one.values, one.visibility


def by_name(entities: Iterable[Entity]) -> dict[str, dict[str, Attribute]]:
    return {entity.name: {one.name: one for one in entity.attributes} for entity in entities}


def called(operations: Iterable[Operation]) -> dict[tuple[str, str], Operation]:
    return {(one.method, one.path): one for one in operations}


@settings(max_examples=100)
@given(blueprints)
def test_entities_and_their_attributes_come_back(blueprint: Blueprint) -> None:
    """More comes back only where a relation needs a key that nobody wrote down."""
    before, after = by_name(blueprint.entities), by_name(again(blueprint).entities)
    assert set(after) == set(before)
    for name, attributes in before.items():
        assert {one: told(after[name][one]) for one in attributes} == {one: told(attributes[one]) for one in attributes}
        for one, attribute in attributes.items():
            assert after[name][one].unique == attribute.unique or attribute.references, (name, one)
        assert all(after[name][one].references for one in after[name].keys() - attributes.keys())


@settings(max_examples=100)
@given(blueprints)
def test_operations_come_back(blueprint: Blueprint) -> None:
    """What callers send with ``GET`` stands in the address; the API describes the usual refusals besides."""
    before, after = called(blueprint.operations), called(again(blueprint).operations)
    assert set(after) == set(before)
    for place, one in before.items():
        other = after[place]
        sent = set(one.filters) | (set(one.request) if one.method == "GET" else set())
        assert (other.id, set(other.filters)) == (one.id, sent)
        assert {status for status, _ in one.errors} <= {status for status, _ in other.errors}
        if one.entity and one.returns != "none":
            assert other.returns == one.returns


@settings(max_examples=100)
@given(blueprints)
def test_relations_between_two_things_come_back(blueprint: Blueprint) -> None:
    """Of several between the same two, one does."""

    def ends(relations: Iterable[Relation]) -> dict[frozenset[str], set[str]]:
        found: dict[frozenset[str], set[str]] = {}
        for one in relations:
            if one.source != one.target:
                found.setdefault(frozenset((one.source, one.target)), set()).add(one.cardinality)
        return found

    before, after = ends(blueprint.relations), ends(again(blueprint).relations)
    assert before.keys() <= after.keys()
    single = {pair: kinds for pair, kinds in before.items() if len(kinds) == 1 and not _is_keyed(blueprint, pair)}
    assert {pair: after[pair] for pair in single} == single


def _is_keyed(blueprint: Blueprint, pair: frozenset[str]) -> bool:
    """Whether an attribute says the same relation in its own way."""
    return any(
        {entity.name, one.references} == pair for entity in blueprint.entities for one in entity.attributes
    )  # fmt: skip


@settings(max_examples=60)
@given(blueprints)
def test_stories_keep_their_names_however_often_they_go_round(blueprint: Blueprint) -> None:
    once = again(blueprint)
    proposed = {one.id for one in once.scenarios if one.assumed}
    assert {one.id for one in once.scenarios} - proposed <= {one.id for one in blueprint.scenarios}
    assert {one.id for one in again(once).scenarios} - proposed <= {one.id for one in once.scenarios}
