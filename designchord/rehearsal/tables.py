"""The tables that keep a design's entities: of the blueprint, and of its ERD where somebody drew it otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from designchord.blueprint.model import Attribute, Blueprint, Entity, Operation
from designchord.blueprint.naming import fold, snake, split_words
from designchord.blueprint.vocabulary import TYPES
from designchord.notation.facts import EntityFact, Facts
from designchord.notation.sql.model import NEW_UUID, NOW, Column, Default, Delete, ForeignKey, Schema, Table
from designchord.notation.sql.naming import one_line, short

_MOMENTS: Final = ("created_at", "updated_at")
#: Numbers that are no amounts of money, by the last word of their name: digits in all, digits behind the point.
_EXACT: Final = {
    **dict.fromkeys(("latitude", "longitude", "lat", "lng", "lon"), (9, 6)),
    **dict.fromkeys(("rate", "ratio", "percent", "percentage", "weight", "distance", "temperature", "score"), (12, 4)),
}
_COUNTS: Final = frozenset({"count", "balance", "total", "views", "likes", "points", "version", "retries"})
_MOST_TABLES: Final = 1000


def tables_of(blueprint: Blueprint, erd: Facts | None = None) -> Schema:
    """The schema of a design. ``erd`` are the facts of its ERD, which count where they differ from the blueprint."""
    entities = list({entity.name: entity for entity in reversed(blueprint.entities)}.values())[::-1]
    relations: list[_Relation] = [
        (one.source, one.target, one.cardinality, one.required) for one in blueprint.relations
    ]
    if erd is not None and erd.entities:
        entities = _as_drawn(entities, erd)
        relations = _relations_drawn(relations, erd)
    return _Builder(blueprint, entities[:_MOST_TABLES], relations).schema()


_Relation = tuple[str, str, str, bool]


def _as_drawn(entities: list[Entity], erd: Facts) -> list[Entity]:
    """The blueprint's entities with what the ERD draws besides, and with its types. What it leaves out stays."""
    merged = {fold(entity.name) or entity.name: entity for entity in entities}
    for fact in erd.entities:
        key = fold(fact.name) or fact.name
        known = merged.get(key)
        merged[key] = (
            known.model_copy(update={"attributes": _attributes(fact, known.attributes)})
            if known
            else (Entity.model_construct(None, name=fact.name, label=fact.name, attributes=_attributes(fact, ())))
        )
    return list(merged.values())


def _attributes(fact: EntityFact, known: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    merged = {fold(one.name) or one.name: one for one in known}
    for drawn in fact.attributes:
        name = fold(drawn.name) or drawn.name
        kind = _type(drawn.type)
        if name in merged:
            if kind not in (None, merged[name].type):
                merged[name] = merged[name].model_copy(update={"type": kind})
            continue
        key = {(True, True): "primary_foreign", (True, False): "primary", (False, True): "foreign"}.get(
            (drawn.primary, drawn.foreign), "none"
        )
        shape = {"name": drawn.name, "type": "string" if kind in (None, "enum") else kind, "key": key}
        merged[name] = Attribute.model_construct(None, **shape, required=drawn.primary)
    return tuple(merged.values())


def _type(written: str) -> str | None:
    known = TYPES.get(written) or TYPES.get(re.sub(r"[^a-z]", "", written.split("(")[0].lower()))
    return known if known in Attribute.model_fields["type"].annotation.__args__ else None  # type: ignore[union-attr]


def _relations_drawn(relations: list[_Relation], erd: Facts) -> list[_Relation]:
    """The blueprint's relations, and those that only the ERD draws."""
    known = {frozenset((fold(one[0]) or one[0], fold(one[1]) or one[1])) for one in relations}
    drawn = list(relations)
    for one in erd.relations:
        ends = frozenset((fold(one.source) or one.source, fold(one.target) or one.target))
        if ends in known:
            continue
        known.add(ends)
        turned = one.cardinality == "many_to_one"
        source, target = (one.target, one.source) if turned else (one.source, one.target)
        drawn.append((source, target, "one_to_many" if turned else one.cardinality, False))
    return drawn


@dataclass(slots=True)
class _Draft:
    """A table while it is made: columns by name, the foreign keys by column."""

    name: str
    entity: Entity | None
    label: str
    columns: dict[str, Column] = field(default_factory=dict)
    keys: dict[str, ForeignKey] = field(default_factory=dict)
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    indexes: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def primary(self) -> list[Column]:
        return [column for column in self.columns.values() if column.primary]


class _Builder:
    def __init__(self, blueprint: Blueprint, entities: list[Entity], relations: list[_Relation]) -> None:
        self._blueprint = blueprint
        self._relations = relations
        self._names: set[str] = set()
        self._sent = _sent(blueprint.operations)
        #: Tables by the folded name of their entity.
        self._drafts: dict[str, _Draft] = {}
        for entity in entities:
            draft = _Draft(self._free(entity.name), entity, entity.label)
            self._drafts.setdefault(fold(entity.name) or entity.name, draft)
        self._joining: list[_Draft] = []

    def schema(self) -> Schema:
        for draft in self._drafts.values():
            self._columns(draft)
        for draft in self._drafts.values():
            self._foreign_keys(draft)
        for relation in self._relations:
            self._relate(*relation)
        drafts = [*self._drafts.values(), *self._joining]
        _settle_types(drafts)
        for draft in drafts:
            self._rules(draft)
        return Schema(one_line(self._blueprint.title), tuple(map(_finished, drafts)))

    def _free(self, name: str) -> str:
        wish = short(snake(name) if name.isascii() and snake(name) else one_line(name).lower() or "table_")
        free, number = wish, 2
        while free in self._names:
            free, number = short(f"{wish}_{number}"), number + 1
        self._names.add(free)
        return free

    def _columns(self, draft: _Draft) -> None:
        entity = draft.entity
        for attribute in entity.attributes if entity else ():
            if attribute.visibility == "computed":
                continue
            name = short(one_line(attribute.name)) or "column_"
            if name.lower() in {known.lower() for known in draft.columns}:
                continue
            last = split_words(attribute.name)[-1:] or [""]
            precision, scale = _EXACT.get(last[0], (14, 2))
            primary = attribute.key in ("primary", "primary_foreign")
            kind = "string" if primary and attribute.type == "json" else attribute.type
            values = tuple(dict.fromkeys(one_line(value) for value in attribute.values if one_line(value)))
            draft.columns[name] = Column(
                name,
                kind if kind != "enum" or values else "string",
                one_line(attribute.label),
                required=attribute.required or primary,
                primary=primary,
                unique=attribute.unique and attribute.type != "json",
                values=values if attribute.type == "enum" else (),
                default=self._default(entity.name if entity else "", attribute, values),
                precision=precision,
                scale=scale,
            )

    def _default(self, entity: str, attribute: Attribute, values: tuple[str, ...]) -> Default:
        """What the system sets where no caller does."""
        if attribute.name in _MOMENTS and attribute.type in ("datetime", "date"):
            return NOW
        if attribute.key == "primary":
            return NEW_UUID if attribute.type == "uuid" else None
        if not attribute.required or attribute.key != "none" or attribute.name in self._sent.get(entity, ()):
            return None
        if attribute.type == "boolean":
            return False
        if attribute.type == "enum" and values:
            return values[0]
        if (
            attribute.type == "integer"
            and split_words(attribute.name)[-1:]
            and (split_words(attribute.name)[-1] in _COUNTS)
        ):
            return 0
        return None

    def _foreign_keys(self, draft: _Draft) -> None:
        for attribute in draft.entity.attributes if draft.entity else ():
            name = short(one_line(attribute.name)) or "column_"
            if attribute.key in ("foreign", "primary_foreign") and name in draft.columns:
                target = self._pointed(draft, attribute)
                if target is not None:
                    self._point(draft, name, target)

    def _pointed(self, draft: _Draft, attribute: Attribute) -> _Draft | None:
        """The table that a foreign key points to: named, told by its name, or by the only relation that is left."""
        if attribute.references:
            return self._drafts.get(fold(attribute.references) or attribute.references)
        words = split_words(attribute.name)
        while len(words) > 1 and words[-1] in ("id", "ids", "uuid", "fk", "key", "no", "code", "ref"):
            words = words[:-1]
        if found := self._drafts.get(fold("_".join(words))):
            return found
        if words and (found := self._drafts.get(fold(words[-1]))):
            return found
        return None

    def _point(self, draft: _Draft, column: str, target: _Draft) -> None:
        """A foreign key, where the target can be told by one column; it takes that column's type."""
        if len(target.primary) != 1 or column in draft.keys:
            return
        own, key = draft.columns[column], target.primary[0]
        if own is key:  # a key that would only point to itself
            return
        draft.columns[column] = replace(own, type=key.type, values=key.values, default=None)
        draft.keys[column] = ForeignKey(column, target.name, key.name, self._delete(draft, own, target))

    def _delete(self, draft: _Draft, column: Column, target: _Draft) -> Delete:
        """Parts go with their whole, links with either end; what may stand alone is let go; the rest is kept."""
        if column.primary:
            return "CASCADE"
        if not column.required:
            return "SET NULL"
        if draft.entity is None or _is_link(draft.entity):
            return "CASCADE"
        part = target.entity is not None and draft.entity.name.startswith(target.entity.name)
        return "CASCADE" if part and draft.entity.name != (target.entity.name if target.entity else "") else "RESTRICT"

    def _relate(self, source: str, target: str, cardinality: str, required: bool) -> None:
        """A relation that no foreign key stands for yet gets one, or a table of its own."""
        one, other = (self._drafts.get(fold(name) or name) for name in (source, target))
        if one is None or other is None:
            return
        if cardinality == "many_to_many":
            self._join(one, other)
            return
        held = next((key for key in other.keys.values() if key.table == one.name), None)
        if held is None and cardinality == "one_to_one":
            held = next((key for key in one.keys.values() if key.table == other.name), None)
            holder = one
        else:
            holder = other
        if held is not None:
            if cardinality == "one_to_one" and not holder.columns[held.column].primary:
                holder.columns[held.column] = replace(holder.columns[held.column], unique=True)
            return
        if len(one.primary) != 1:
            return
        wish = "parent_id" if one is other else f"{one.name}_id"
        name = _unused(wish, other.columns)
        other.columns[name] = Column(
            name,
            one.primary[0].type,
            one_line(one.label),
            required and one is not other,
            unique=cardinality == "one_to_one",
        )
        self._point(other, name, one)

    def _join(self, one: _Draft, other: _Draft) -> None:
        """The table of a relation from many to many, where no entity stands between the two."""
        ends = {one.name, other.name}
        for draft in (*self._drafts.values(), *self._joining):
            if ends <= {key.table for key in draft.keys.values()} and (draft.entity is None or len(ends) == 2):
                return
        if len(one.primary) != 1 or len(other.primary) != 1:
            return
        draft = _Draft(self._free(f"{one.name}_{other.name}"), None, f"{one_line(one.label)} – {one_line(other.label)}")
        for end, wish in ((one, f"{one.name}_id"), (other, f"{other.name}_id")):
            name = _unused(wish if wish not in draft.columns else f"other_{wish}", draft.columns)
            draft.columns[name] = Column(name, end.primary[0].type, one_line(end.label), primary=True)
            self._point(draft, name, end)
        self._joining.append(draft)

    def _rules(self, draft: _Draft) -> None:
        """Composite keys of links, and indexes on what is looked up."""
        primary = tuple(column.name for column in draft.primary)
        linked = tuple(name for name in draft.keys if name not in primary)
        if draft.entity is not None and _is_link(draft.entity) and len(linked) > 1:
            draft.uniques.append(linked)
        first = {group[0] for group in (primary, *draft.uniques) if group}
        first |= {column.name for column in draft.columns.values() if column.unique}
        looked_up = dict.fromkeys([*draft.keys, *(self._filtered(draft) if draft.entity else ())])
        draft.indexes += [(name,) for name in looked_up if name not in first]

    def _filtered(self, draft: _Draft) -> Iterable[str]:
        entity = draft.entity.name if draft.entity else ""
        for operation in self._blueprint.operations:
            if operation.entity == entity and operation.returns == "page":
                for name in operation.filters:
                    column = draft.columns.get(name)
                    if column is not None and column.type not in ("text", "json", "file", "url", "boolean"):
                        yield name


def _settle_types(drafts: list[_Draft]) -> None:
    """A key that points to a key that points on has the type of the last; where they go in a circle, none points."""
    tables = {draft.name: draft for draft in drafts}
    for _ in range(8):
        changed = False
        for draft in drafts:
            for key in draft.keys.values():
                own, wanted = draft.columns[key.column], tables[key.table].columns[key.target]
                if (own.type, own.values) != (wanted.type, wanted.values):
                    draft.columns[key.column] = replace(own, type=wanted.type, values=wanted.values)
                    changed = True
        if not changed:
            return
    for draft in drafts:
        for key in list(draft.keys.values()):
            if draft.columns[key.column].type != tables[key.table].columns[key.target].type:
                del draft.keys[key.column]


def _sent(operations: Iterable[Operation]) -> Mapping[str, set[str]]:
    """By entity, what callers send when they make one."""
    sent: dict[str, set[str]] = {}
    for operation in operations:
        if operation.entity and operation.method == "POST":
            sent.setdefault(operation.entity, set()).update(operation.request)
    return sent


def _is_link(entity: Entity) -> bool:
    """Whether an entity says nothing but that others belong together, and since when."""
    keys = [one for one in entity.attributes if one.key in ("foreign", "primary_foreign")]
    rest = [one for one in entity.attributes if one.key == "none" and one.name not in _MOMENTS]
    return len(keys) > 1 and not rest


def _unused(wish: str, taken: Iterable[str]) -> str:
    names = {name.lower() for name in taken}
    name, number = short(wish), 2
    while name.lower() in names:
        name, number = short(f"{wish}_{number}"), number + 1
    return name


def _finished(draft: _Draft) -> Table:
    columns = draft.columns or {"id": Column("id", "integer", primary=True)}
    return Table(
        draft.name,
        draft.entity.name if draft.entity else "",
        one_line(draft.label),
        tuple(columns.values()),
        tuple(draft.keys.values()),
        tuple(draft.uniques),
        tuple(draft.indexes),
    )
