"""Tables of a database against a design's entities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from designchord.blueprint.naming import fold, split_words
from designchord.evaluation.matching import Made, match_entities
from designchord.notation.facts import AttributeFact
from designchord.readers.booleans import WITHOUT_BOOLEANS
from designchord.readers.conventions import column_key, is_added, is_own_key, joined_ends, pair_columns
from designchord.readers.system import System, Table
from designchord.verification.findings import Finding, Thing
from designchord.verification.plan import Plan, Planned
from designchord.verification.values import differing_values

#: Columns in common from which a table under another name is the same one renamed.
_SAME: Final = 0.6
#: The same where the names are words for one thing, or one has a word more.
_NEAR: Final = 0.4
#: Columns in common from which names alone must not decide.
_ALIKE_NAMES: Final = 0.5

_TEXTS: Final = frozenset({"string", "text", "email", "url", "enum", "uuid"})
#: Types that frameworks keep in place of another.
_STANDS_FOR: Final = frozenset(
    {
        frozenset({"enum", "integer"}),
        frozenset({"json", "text"}),
        frozenset({"json", "string"}),
        frozenset({"file", "string"}),
        frozenset({"file", "text"}),
        frozenset({"file", "uuid"}),
        frozenset({"time", "integer"}),
        frozenset({"time", "string"}),
    }
)


class Pairing:
    """Which table keeps which entity; ``renamed`` ones are the same by what they hold, not by their name."""

    def __init__(self, plan: Plan, system: System) -> None:
        self.pairs: list[tuple[Planned, Table]] = []
        self.renamed: list[tuple[Planned, Table]] = []
        self._entities = list(plan.entities)
        self._tables = list(system.all_tables)
        self._by_name()
        self._by_likeness()

    @property
    def entities(self) -> list[Planned]:
        """Entities that nothing keeps."""
        return self._entities

    @property
    def tables(self) -> list[Table]:
        """Tables that are no entity's."""
        return self._tables

    def table_names(self) -> dict[str, str]:
        """An entity's name → the name of its table."""
        return {entity.name: table.fact.name for entity, table in (*self.pairs, *self.renamed)}

    def _take(self, found: Sequence[tuple[Planned, Table]], pairs: list[tuple[Planned, Table]]) -> None:
        for entity, table in found:
            if entity in self._entities and table in self._tables:
                pairs.append((entity, table))
                self._entities.remove(entity)
                self._tables.remove(table)

    def _by_name(self) -> None:
        tables = {fold(table.bare): table for table in reversed(self._tables)}
        tables |= {fold(table.fact.name): table for table in self._tables}
        self._take([(one, tables[fold(one.name)]) for one in self._entities if fold(one.name) in tables], self.pairs)
        score = match_entities([(one.name,) for one in self._entities], [Made(one.bare) for one in self._tables])
        for match in score.matched:
            entity = next(one for one in self._entities if one.name == match.expected)
            table = next(one for one in self._tables if one.bare == match.made)
            share = likeness(entity.kept, table.fact.attributes)
            if match.rule in ("order", "affix", "qualified") and share >= _ALIKE_NAMES:
                self._take([(entity, table)], self.pairs)
            elif share >= _NEAR:
                self._take([(entity, table)], self.renamed)

    def _by_likeness(self) -> None:
        scored = sorted(
            (
                (likeness(entity.kept, table.fact.attributes) + _name_likeness(entity.name, table.bare) / 10, at, to)
                for at, entity in enumerate(self._entities)
                for to, table in enumerate(self._tables)
                if likeness(entity.kept, table.fact.attributes) >= _SAME
            ),
            key=lambda item: (-item[0], item[1], item[2]),
        )
        entities, tables = list(self._entities), list(self._tables)
        self._take([(entities[at], tables[to]) for _, at, to in scored], self.renamed)


def likeness(wanted: Sequence[AttributeFact], have: Sequence[AttributeFact]) -> float:
    """The share of columns in common of all that the two have, without those that every table has."""
    first = {column_key(one.name) for one in wanted if not _common(one.name)}
    second = {column_key(one.name) for one in have if not _common(one.name)}
    return len(first & second) / len(first | second) if len(first | second) > 1 else 0.0


def _common(name: str) -> bool:
    return is_added(name) or is_own_key(name, "")


def _name_likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, fold(one), fold(other)).ratio()


def verify_tables(plan: Plan, system: System) -> Iterator[Finding]:
    """One finding for each cause by which the tables differ from the entities."""
    pairing = Pairing(plan, system)
    joins = _Joins(plan, system, pairing)
    missing = {entity.name for entity in pairing.entities}
    for entity in pairing.entities:
        pointing = [
            f"{other.name}.{one.name}" for other in plan.entities for one in other.kept if one.references == entity.name
        ]
        yield Finding(
            code="verify.table_missing",
            severity="error",
            thing=entity.name,
            message=f"No table keeps {entity.name}.",
            said="",
            code_change=f"Create a table for {entity.name}.",
            design_change=f"Take {entity.name} out of the design.",
            design=entity.spot,
            follows=tuple(pointing),
            about=(entity.thing,),
            absent=True,
        )
    for entity, table in pairing.renamed:
        yield Finding(
            code="verify.table_renamed",
            severity="warning",
            thing=entity.name,
            message=f"{entity.name} is kept in a table called {table.fact.name}.",
            said=table.fact.name,
            code_change=f"Rename the table {table.fact.name} after {entity.name}.",
            design_change=f"Rename {entity.name} after the table {table.fact.name}.",
            design=entity.spot,
            built=table.spot(),
            about=(entity.thing,),
        )
    yield from joins.findings()
    for table in pairing.tables:
        if table in joins.taken:
            continue
        yield Finding(
            code="verify.table_unknown",
            severity="info",
            thing=table.fact.name,
            message=f"The table {table.fact.name} keeps no entity of the design.",
            said="",
            code_change=f"Drop the table {table.fact.name} when nothing needs it.",
            design_change=f"Add an entity for {table.fact.name}.",
            built=table.spot(),
        )
    names = pairing.table_names()
    identified = any(one.primary for table in system.all_tables for one in table.fact.attributes)
    for entity, table in (*pairing.pairs, *pairing.renamed):
        yield from _Columns(entity, table, names, missing, keyed=system.has_keys, identified=identified).findings()


class _Joins:
    """Relations of many to many, and the tables that hold them."""

    def __init__(self, plan: Plan, system: System, pairing: Pairing) -> None:
        self._plan = plan
        self._entity_of = {table.fact.name.lower(): entity.name for entity, table in (*pairing.pairs, *pairing.renamed)}
        names = [table.fact.name for table in system.all_tables]
        self._found = [
            (table, ends) for table in pairing.tables if (ends := joined_ends(table.fact, names)) is not None
        ]
        self.taken: list[Table] = []
        self._missing = {entity.name for entity in pairing.entities}

    def findings(self) -> Iterator[Finding]:
        for relation, spot in self._plan.joins:
            ends = {relation.source, relation.target}
            hit = next(
                (table for table, pair in self._found if self._ends(pair) == ends and table not in self.taken), None
            )
            if hit is not None:
                self.taken.append(hit)
            elif not ends & self._missing:
                yield Finding(
                    code="verify.join_missing",
                    severity="error",
                    thing=f"{relation.source}–{relation.target}",
                    message=f"No table joins {relation.source} and {relation.target}.",
                    said="",
                    code_change=f"Create a table with a key to {relation.source} and one to {relation.target}.",
                    design_change="Take the relation out of the design, or give it another cardinality.",
                    design=spot,
                    about=tuple(Thing("entity", name) for name in sorted(ends)),
                )
        for table, pair in self._found:
            ends = self._ends(pair)
            if table in self.taken or "" in ends:
                continue
            self.taken.append(table)
            shown = " and ".join(sorted(ends))
            yield Finding(
                code="verify.join_unknown",
                severity="info",
                thing=table.fact.name,
                message=f"The table {table.fact.name} joins {shown}, which the design does not.",
                said=shown,
                code_change=f"Drop the table {table.fact.name} when nothing needs it.",
                design_change=f"Relate {shown} many to many.",
                built=table.spot(),
            )

    def _ends(self, pair: tuple[str, str]) -> set[str]:
        return {self._entity_of.get(name.lower(), "") for name in pair}


class _Columns:
    """The columns of one table against the attributes of its entity."""

    def __init__(
        self,
        entity: Planned,
        table: Table,
        tables: dict[str, str],
        missing: set[str],
        *,
        keyed: bool,
        identified: bool,
    ) -> None:
        """``keyed`` and ``identified``: whether the tables name foreign keys, and primary ones, at all."""
        self._entity, self._table = entity, table
        self._tables, self._missing, self._keyed = tables, missing, keyed
        self._identified = identified
        self._entities = {name.lower(): entity for entity, name in tables.items()}

    def findings(self) -> Iterator[Finding]:
        pairs, left, right = pair_columns(self._entity.kept, self._table.fact.attributes, self._entity.name)
        for one, other in _renamed(left, right, self._tables):
            left.remove(one)
            right.remove(other)
            pairs.append((one, other))
            yield self._finding(
                *("verify.column_renamed", "warning", one, other),
                f"{self._entity.name}.{one.name} is kept in a column called {other.name}.",
                other.name,
                (f"Rename the column {other.name} to {one.name}.", f"Rename {one.name} to {other.name}."),
            )
        for one in left:
            yield self._finding(
                *("verify.column_missing", "error", one, None),
                f"No column keeps {self._entity.name}.{one.name}.",
                "",
                (
                    f"Add a column {one.name} to {self._table.fact.name}.",
                    f"Take {one.name} out of {self._entity.name}.",
                ),
            )
        for other in right:
            if is_added(other.name) or is_own_key(other.name, self._entity.name):
                continue
            yield self._finding(
                *("verify.column_unknown", "info", None, other),
                f"The column {self._table.fact.name}.{other.name} is no attribute of {self._entity.name}.",
                other.type,
                (f"Drop the column {other.name} when nothing needs it.", f"Add {other.name} to {self._entity.name}."),
            )
        for one, other in pairs:
            yield from self._pair(one, other)
        yield from self._key(pairs)

    def _key(self, pairs: Sequence[tuple[AttributeFact, AttributeFact]]) -> Iterator[Finding]:
        """Whether rows are told apart by the same columns; where one of them is missing, that has been said."""
        wanted = [(one, other) for one, other in pairs if one.primary]
        built = [other for other in self._table.fact.attributes if other.primary]
        if not wanted or len(wanted) < sum(one.primary for one in self._entity.kept):
            return
        if not built and not (self._identified and all(self._is_number(one) for one, _ in wanted)):
            return  # a table that never had a key has got one in the design from what else it has
        if {other.name for _, other in wanted} == {other.name for other in built}:
            return
        planned = ", ".join(sorted(one.name for one, _ in wanted))
        kept = ", ".join(sorted(one.name for one in built)) or "nothing"
        columns = ", ".join(other.name for _, other in wanted)
        yield self._finding(
            *("verify.key", "error", wanted[0][0], wanted[0][1]),
            f"The primary key of {self._entity.name} is {planned} in the design and {kept} in the table.",
            kept,
            (f"Make {columns} the primary key.", f"Tell {self._entity.name} apart by {kept}."),
        )

    def _pair(self, one: AttributeFact, other: AttributeFact) -> Iterator[Finding]:
        name = f"{self._entity.name}.{one.name}"
        if not same_type(one.type, other.type, self._table.reading.dialect):
            yield self._finding(
                *("verify.type", "error", one, other),
                f"{name} is {one.type} in the design and {other.type} in the table.",
                f"{one.type} {other.type}",
                (f"Make the column {other.name} a {one.type}.", f"Make {one.name} a {other.type}."),
            )
        if one.required != other.required and not (one.primary or other.primary):
            says = ("must have a value", "may be empty")
            planned, built = says if one.required else says[::-1]
            yield self._finding(
                *("verify.required", "warning", one, other),
                f"{name} {planned} in the design and {built} in the table.",
                str(other.required),
                (f"Make the column {other.name} {'NOT NULL' if one.required else 'nullable'}.",
                 f"Make {one.name} {'optional' if one.required else 'required'}."),
            )  # fmt: skip
        if one.unique != other.unique and not (one.primary or other.primary):
            known, sense = ("unique", "not unique") if one.unique else ("not unique", "unique")
            yield self._finding(
                *("verify.unique", "warning" if one.unique else "info", one, other),
                f"{name} is {known} in the design and {sense} in the table.",
                str(other.unique),
                (f"{'Add' if one.unique else 'Drop'} a unique key on {other.name}.", f"Make {one.name} {sense}."),
            )
        told = differing_values(one, other)
        if told:
            yield self._finding(
                *("verify.enum_values", "warning", one, other),
                f"The values of {name} differ: in the table {told}.",
                ",".join(sorted(other.values)),
                (f"Allow the same values in {other.name}.", f"Give {one.name} the values of the table."),
            )
        yield from self._reference(one, other)

    def _reference(self, one: AttributeFact, other: AttributeFact) -> Iterator[Finding]:
        if one.references in self._missing or not self._keyed:
            return
        wanted = self._tables.get(one.references, "") if one.references else ""
        if wanted.lower() == other.references.lower():
            return
        name, built = f"{self._entity.name}.{one.name}", other.references
        if one.references and not built:
            message = f"{name} points to {one.references}, but no foreign key says so."
            mends = (f"Add a foreign key from {other.name} to {wanted or one.references}.", "Take the reference out.")
            yield self._finding("verify.reference_missing", "warning", one, other, message, "", mends)
        elif one.references:
            message = f"{name} points to {one.references} in the design and to {built} in the database."
            mends = (
                f"Point {other.name} to {wanted}.",
                f"Point {one.name} to {self._entities.get(built.lower(), built)}.",
            )
            yield self._finding("verify.reference", "error", one, other, message, built, mends)
        elif built.lower() in self._entities:
            message = f"{name} has a foreign key to {built}, which the design does not say."
            mends = (f"Drop the foreign key of {other.name}.", f"Point {one.name} to {self._entities[built.lower()]}.")
            yield self._finding("verify.reference_unknown", "info", one, other, message, built, mends)

    def _is_number(self, one: AttributeFact) -> bool:
        """Whether an attribute is there for nothing but to tell rows apart."""
        return one.type in ("uuid", "integer") and not one.foreign and is_own_key(one.name, self._entity.name)

    def _finding(
        self,
        code: str,
        severity: str,
        one: AttributeFact | None,
        other: AttributeFact | None,
        message: str,
        said: str,
        mends: tuple[str, str],
    ) -> Finding:
        thing = f"{self._entity.name}.{one.name}" if one else f"{self._table.fact.name}.{other.name if other else ''}"
        return Finding(
            code=code,
            severity=severity,  # type: ignore[arg-type]
            thing=thing,
            message=message,
            said=said,
            code_change=mends[0],
            design_change=mends[1],
            design=self._entity.at(one.name) if one else self._entity.spot,
            built=self._table.spot(other),
            about=(self._entity.thing,),
        )


def same_type(one: str, other: str, dialect: str = "") -> bool:
    """Whether a column of one type keeps what the design calls the other; types that nobody knows are alike."""
    if not one or not other or one == other or {one, other} <= _TEXTS:
        return True
    if {one, other} == {"boolean", "integer"} and dialect in WITHOUT_BOOLEANS:
        return True  # which have no other way to keep it
    return frozenset({one, other}) in _STANDS_FOR


def _renamed(
    left: Sequence[AttributeFact], right: Sequence[AttributeFact], tables: dict[str, str]
) -> list[tuple[AttributeFact, AttributeFact]]:
    """Attributes and columns that are the same under another name: alike in name, or alone and alike in all else."""
    scored = []
    for at, one in enumerate(left):
        for to, other in enumerate(right):
            if is_added(other.name) and not is_added(one.name):
                continue
            share = SequenceMatcher(None, fold(one.name), fold(other.name)).ratio()
            shared = bool(set(split_words(one.name)) & set(split_words(other.name)) - {"id", "is", "at", "on"})
            pointing = bool(one.references) and tables.get(one.references, "").lower() == other.references.lower()
            alike = same_type(one.type, other.type)
            flags = (one.required, one.unique, one.values) == (other.required, other.unique, other.values)
            alone = len(left) == len(right) == 1 and one.type == other.type and flags
            if pointing or (alike and (share >= 0.6 or (shared and flags))) or alone:
                scored.append((share + pointing + shared / 2 + flags / 4, at, to))
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    found = []
    for _, at, to in sorted(scored, key=lambda item: (-item[0], item[1], item[2])):
        if at not in taken_left and to not in taken_right:
            taken_left.add(at)
            taken_right.add(to)
            found.append((left[at], right[to]))
    return found
