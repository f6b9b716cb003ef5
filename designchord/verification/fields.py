"""What an API shows of its things against what a design says that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from designchord.consistency.names import compatible, fold_name, is_secret
from designchord.notation.facts import AttributeFact, EntityFact
from designchord.readers.conventions import column_key, is_added, is_own_key, pair_columns
from designchord.readers.reading import Reading
from designchord.readers.system import Spot, System
from designchord.verification.findings import Finding
from designchord.verification.plan import Plan, Planned
from designchord.verification.values import differing_values

_PLAIN: Final = frozenset(
    (
        *("uuid", "string", "text", "integer", "decimal", "boolean", "date", "datetime", "time"),
        *("enum", "email", "url", "file"),
    )
)


def verify_fields(plan: Plan, system: System) -> Iterator[Finding]:
    """One finding for each field that is missing, of another type, or more than the design says."""
    shown = system.shown([entity.name for entity in plan.entities])
    for entity in plan.entities:
        schemas = shown.get(entity.name)
        if schemas:
            yield from _Fields(entity, schemas).findings()


def _compatible(one: str, other: str) -> bool:
    """Whether values of one type can be shown as the other; a moment may be kept as a number of seconds."""
    return compatible(one, other) or {one, other} == {"integer", "datetime"}


def _shows(one: AttributeFact, other: AttributeFact) -> bool:
    """Whether a field shows what an attribute keeps; ``deleted`` may be whether there is a ``deleted_at``."""
    whether = {one.type, other.type} in ({"boolean", "datetime"}, {"boolean", "date"})
    return _compatible(one.type, other.type) or (whether and fold_name(one.name) != fold_name(other.name))


class _Fields:
    def __init__(self, entity: Planned, schemas: list[tuple[Reading, EntityFact]]) -> None:
        self._entity = entity
        # The schema that is called like the entity shows it best; its fields count first.
        self._schemas = sorted(schemas, key=lambda item: column_key(item[1].name) != column_key(entity.name))
        fields: dict[str, AttributeFact] = {}
        self._holders: dict[int, tuple[Reading, EntityFact]] = {}
        for reading, schema in self._schemas:
            for one in schema.attributes:
                if fields.setdefault(column_key(one.name), one) is one:
                    self._holders[id(one)] = (reading, schema)
        self._fields = list(fields.values())

    def findings(self) -> Iterator[Finding]:
        pairs, left, right = pair_columns(self._entity.shown, self._fields, self._entity.name)
        name = self._schemas[0][1].name
        gone = [one for one in left if not is_secret(one.name) and one.type not in ("json", "file")]
        new = [other for other in right if self._is_news(other)]
        if len(gone) == len(new) == 1 and _compatible(gone[0].type, new[0].type):
            yield self._finding(
                *("verify.field_renamed", "warning", gone[0], new[0]),
                f"The API shows {self._entity.name}.{gone[0].name} as {new[0].name}.",
                new[0].name,
                (f"Call the field {gone[0].name}.", f"Rename {gone[0].name} to {new[0].name}."),
            )
            gone, new = [], []
        for one in gone:
            yield self._finding(
                *("verify.field_missing", "warning", one, None),
                f"The API does not show {self._entity.name}.{one.name}.",
                "",
                (f"Add {one.name} to the schema {name}.", f"Hide {one.name} from callers in the design."),
            )
        for other in new:
            yield self._finding(
                *("verify.field_unknown", "info", None, other),
                f"The API shows {name}.{other.name}, which the design does not.",
                other.type,
                (f"Take {other.name} out of the schema {name}.", f"Add {other.name} to {self._entity.name}."),
            )
        for one, other in pairs:
            if column_key(one.name) == column_key(other.name) and not _shows(one, other):
                yield self._finding(
                    *("verify.field_type", "error", one, other),
                    f"{self._entity.name}.{one.name} is {one.type} in the design and {other.type} in the API.",
                    f"{one.type} {other.type}",
                    (f"Make the field a {one.type}.", f"Make {one.name} a {other.type}."),
                )
            told = differing_values(one, other)
            if told:
                yield self._finding(
                    *("verify.field_values", "warning", one, other),
                    f"The values of {self._entity.name}.{one.name} differ: in the API {told}.",
                    ",".join(sorted(other.values)),
                    (f"Let {other.name} have the same values.", f"Give {one.name} the values of the API."),
                )

    def _is_news(self, field: AttributeFact) -> bool:
        """Whether a field that is no attribute is worth a word."""
        if field.type not in _PLAIN or is_secret(field.name):
            return False
        return not (is_added(field.name) or is_own_key(field.name, self._entity.name))

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
        reading, schema = self._holders[id(other)] if other is not None else self._schemas[0]
        fact = other or schema
        item = f"{schema.name}.{other.name}" if other else schema.name
        return Finding(
            code=code,
            severity=severity,  # type: ignore[arg-type]
            thing=f"{self._entity.name}.{one.name}" if one else item,
            message=message,
            said=said,
            code_change=mends[0],
            design_change=mends[1],
            design=self._entity.at(one.name) if one else self._entity.spot,
            built=Spot(fact.file or schema.file or reading.name, fact.line or schema.line, item),
            attribute=one.name if one else other.name if other else "",
            about=(self._entity.thing,),
        )
