"""Change sets: lists of typed operations on a blueprint, each exact, each told in one line.

Things are addressed by ``what`` and ``id``, as the blueprint stands when an operation's turn comes: ``entity Tool``,
``attribute Tool.name``, ``relation Member-Loan`` (``Member-Loan#2``: the second between these sides), ``step
borrow-tool.3`` (counted from one), ``design`` (title, summary, language, questions), ``section Loans`` (the operations
that say so). ``was`` is what an operation found when it was written down; where it finds something else it is refused.
``because`` is the place, in its change set, of the operation that it follows from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from designchord.errors import BadInput

What = Literal[
    "design",
    "actor",
    "requirement",
    "former",
    "entity",
    "attribute",
    "relation",
    "operation",
    "scenario",
    "step",
    "assumption",
]
Listed = Literal[
    "actor",
    "requirement",
    "former",
    "entity",
    "attribute",
    "relation",
    "operation",
    "scenario",
    "step",
    "assumption",
]
Named = Literal["actor", "entity", "attribute", "operation", "scenario", "section"]
Fields = dict[str, Any]
Address = Annotated[str, Field(max_length=200)]
Index = Annotated[int, Field(ge=0, le=10_000)]

#: A change set holds at most this many operations.
MAX_OPERATIONS: Final = 5_000


class _Operation(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, str_strip_whitespace=True)

    because: Index | None = None


class Add(_Operation):
    """A new thing; ``owner`` (in JSON ``in``) is the entity of an attribute, the scenario of a step."""

    do: Literal["add"] = "add"
    what: Listed
    owner: Annotated[str, Field(alias="in", max_length=64)] = ""
    at: Index | None = None
    value: Fields


class Change(_Operation):
    """Other values for some fields of a thing."""

    do: Literal["change"] = "change"
    what: What
    id: Address = ""
    set: Annotated[Fields, Field(min_length=1)]
    was: Fields | None = None


class Rename(_Operation):
    """Another name, wherever the thing is referred to."""

    do: Literal["rename"] = "rename"
    what: Named
    id: Address
    to: Annotated[str, Field(min_length=1, max_length=2000)]


class Move(_Operation):
    """Another place in its list, counted without the thing itself."""

    do: Literal["move"] = "move"
    what: Listed
    id: Address
    to: Index


class Remove(_Operation):
    do: Literal["remove"] = "remove"
    what: Listed
    id: Address
    was: Fields | None = None


class Retire(_Operation):
    """A requirement no longer counts, perhaps because of another (``by``); it stays to be seen among the former."""

    do: Literal["retire"] = "retire"
    what: Literal["requirement"] = "requirement"
    id: Address
    by: str | None = None
    reason: Annotated[str, Field(max_length=2000)] = ""
    on: str = ""
    at: Index | None = None


class Replace(_Operation):
    """Another requirement (``value``) takes the place of one, wherever that was named."""

    do: Literal["replace"] = "replace"
    what: Literal["requirement"] = "requirement"
    id: Address
    value: Fields
    reason: Annotated[str, Field(max_length=2000)] = ""
    on: str = ""
    at: Index | None = None


class Reinstate(_Operation):
    """A former requirement counts again, perhaps ``instead_of`` the one that had replaced it."""

    do: Literal["reinstate"] = "reinstate"
    what: Literal["requirement"] = "requirement"
    id: Address
    at: Index | None = None
    instead_of: str | None = None
    was: Fields | None = None


Operation = Annotated[Add | Change | Rename | Move | Remove | Retire | Replace | Reinstate, Field(discriminator="do")]
Operations = tuple[Operation, ...]

_OPERATION: Final = TypeAdapter[Any](Operation)


def read_operations(raw: object) -> Operations:
    """Operations from JSON; ``BadInput`` (``changes_malformed``) says which one is none, and why."""
    if not isinstance(raw, list | tuple):
        raise BadInput("The operations of a change are a list.", code="changes_malformed")
    if len(raw) > MAX_OPERATIONS:
        raise BadInput(f"A change has at most {MAX_OPERATIONS:,} operations.", code="too_large")
    return tuple(_read(one, place) for place, one in enumerate(raw))


def _read(raw: object, place: int) -> Any:
    try:
        return _OPERATION.validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BadInput(
            f"Operation {place}: {where + ': ' if where else ''}{first['msg']}.",
            code="changes_malformed",
            operation=place,
        ) from None


def write_operations(operations: Iterable[Any]) -> list[Fields]:
    """JSON-ready, without what has its usual value; the same operations give the same text."""
    return [_written(one) for one in operations]


def _written(operation: Any) -> Fields:
    fields: Fields = operation.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"do": operation.do, "what": operation.what} | fields


def tell(operation: Any) -> str:
    """One short line: ``+ attribute Tool.condition: enum(good,worn)``, ``rename entity Member → Customer``."""
    match operation:
        case Add():
            return f"+ {operation.what} {_of(operation)}"
        case Remove():
            return f"- {operation.what} {operation.id}"
        case Rename():
            return f"rename {operation.what} {operation.id} → {operation.to}"
        case Move():
            return f"move {operation.what} {operation.id} to {operation.to + 1}"
        case Change():
            was = operation.was or {}
            changed = ", ".join(f"{name}: {_delta(was, name, value)}" for name, value in operation.set.items())
            return f"~ {' '.join(filter(None, (operation.what, operation.id)))} {changed}"
        case Retire():
            by = f", superseded by {operation.by}" if operation.by else ""
            return f"retire requirement {operation.id}{by}{_reason(operation)}"
        case Replace():
            by = str(operation.value.get("id"))
            return (
                f"replace requirement {operation.id} by {by}{_reason(operation)}: {_short(operation.value.get('text'))}"
            )
        case _:
            instead = f" instead of {operation.instead_of}" if operation.instead_of else ""
            return f"reinstate requirement {operation.id}{instead}"


def tell_all(operations: Sequence[Any]) -> str:
    """The text form of a change set: a line an operation, what follows from another indented below it."""
    return "".join(f"{'  ' if one.because is not None else ''}{tell(one)}\n" for one in operations)


def _of(operation: Add) -> str:
    value = operation.value
    match operation.what:
        case "attribute":
            values = f"({','.join(map(str, value.get('values', ())))})" if value.get("values") else ""
            optional = "" if value.get("required", True) else "?"
            target = f" -> {value['references']}" if value.get("references") else ""
            kind = f"{value.get('type', 'string')}{values}{optional}{target}"
            return f"{operation.owner}.{value.get('name')}: {kind}{' unique' if value.get('unique') else ''}"
        case "relation":
            return f"{value.get('source')}-{value.get('target')} ({value.get('cardinality')})"
        case "operation":
            return f"{value.get('id')}: {value.get('method')} {value.get('path')}"
        case "step":
            return f"{operation.owner}: {value.get('source')} -> {value.get('target')}: {_short(value.get('message'))}"
        case "requirement" | "former" | "assumption":
            return f"{value.get('id')}: {_short(value.get('text'))}"
        case _:
            return str(value.get("name") or value.get("id"))


def _delta(was: Fields, name: str, value: object) -> str:
    return f"{_short(was[name])} → {_short(value)}" if name in was else _short(value)


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        text = ", ".join(_short(one) for one in value) or "nothing"
    else:
        text = " ".join(str(value).split()) if value not in (None, "") else "nothing"
    return text if len(text) <= 80 else text[:79] + "…"


def _reason(operation: Retire | Replace) -> str:
    return f" ({_short(operation.reason)})" if operation.reason else ""
