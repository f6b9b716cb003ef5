"""What each operation of an API does to the tables of its design, as far as method, path and names tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from designchord.blueprint.model import Blueprint, Operation
from designchord.blueprint.naming import fold, singular, split_words
from designchord.notation.sql.model import Column, Schema, Table
from designchord.rehearsal.described import Description, Endpoint, properties_of

#: What a development token begins with; the rest is an actor's id.
TOKEN: Final = "mock-"  # noqa: S105 - opens nothing but a mock
Act = Literal["list", "get", "create", "update", "delete", "login", "logout", "none"]
_LOGIN: Final = re.compile(r"(?:^|/)(?:log-?in|sign-?in|sessions?|tokens?|auth(?:enticate)?|refresh)$")
_LOGOUT: Final = re.compile(r"(?:^|/)(?:log-?out|sign-?out|sessions?(?:/[^/]+)?|tokens?)$")
#: What proves who somebody is; a barcode does not.
_SECRET: Final = re.compile(
    r"passw(?:or)?d|passcode|(?:^|_)(?:pin|otp)(?:_code)?$|(?:verification|auth|security|login)_?code$"
)
_OWN: Final = frozenset({"me", "my", "mine"})
_STATES: Final = ("status", "state")


@dataclass(frozen=True, slots=True)
class Deed:
    """What one operation does. ``bound`` maps path parameters to columns of ``table``; ``above`` to other tables.

    ``owner`` is the column that holds whose a row is; ``mine`` says that only the caller's rows count. ``moves`` is
    the column and value of a status that the operation leads to.
    """

    endpoint: Endpoint
    act: Act = "none"
    table: Table | None = None
    bound: dict[str, str] = field(default_factory=dict)
    above: dict[str, tuple[Table, str]] = field(default_factory=dict)
    owner: str = ""
    mine: bool = False
    moves: tuple[str, str] | None = None
    actor: str = ""
    role: str = ""
    planned: Operation | None = None


class Acting:
    """The deeds of a design's API."""

    def __init__(self, description: Description, schema: Schema, blueprint: Blueprint | None) -> None:
        self._description = description
        self._schema = schema
        self._blueprint = blueprint
        self._by_name = {fold(table.entity or table.name): table for table in schema.tables}
        operations = blueprint.operations if blueprint else ()
        self._planned = {one.id: one for one in operations}
        self._by_call = {(str(one.method), _shape(one.path)): one for one in operations}
        self.account = self._account()
        self.actors = tuple(one.id for one in blueprint.actors if one.kind == "person") if blueprint else ()
        self.main = self._main_actor()
        self.deeds = {endpoint.id: self._deed(endpoint) for endpoint in description.endpoints}

    def planned(self, endpoint: Endpoint) -> Operation | None:
        return self._planned.get(endpoint.id) or self._by_call.get((endpoint.method, _shape(endpoint.template)))

    def target(self, name: str) -> Table | None:
        """The table of that name."""
        return self._schema.table(name)

    def creating(self, table: Table) -> Deed | None:
        """The operation that makes a row of a table, the one that needs the least first."""
        found = [deed for deed in self.deeds.values() if deed.act == "create" and deed.table is table]
        return min(found, key=lambda deed: (len(deed.above) + len(deed.bound), deed.endpoint.template), default=None)

    def listing(self, table: Table) -> Deed | None:
        found = [deed for deed in self.deeds.values() if deed.act == "list" and deed.table is table]
        return min(found, key=lambda deed: len(deed.above) + len(deed.bound), default=None)

    def _account(self) -> Table | None:
        """The table of those who sign in."""
        for endpoint in self._description.endpoints:
            planned = self.planned(endpoint)
            name = (planned.entity if planned else "") or endpoint.schema
            table = self._table(name) if name else None
            if endpoint.method == "POST" and _LOGIN.search(endpoint.template) and table and not _is_session(table):
                return table
        for table in self._schema.tables:
            if any("password" in column.name for column in table.columns):
                return table
        people = [one.id for one in self._blueprint.actors if one.kind == "person"] if self._blueprint else []
        return next((table for name in people if (table := self._table(name))), None)

    def _main_actor(self) -> str:
        """Whose operations everybody may use who has signed in."""
        if self.account is not None and self.account.entity in self.actors:
            return self.account.entity
        counted = [one.actor for one in self._planned.values() if one.actor in self.actors]
        return max(self.actors, key=counted.count, default="")

    def _table(self, name: str) -> Table | None:
        return self._by_name.get(fold(name))

    def _of_segment(self, segment: str) -> Table | None:
        return self._table(segment) or self._table(singular(split_words(segment)[-1])) if split_words(segment) else None

    def _deed(self, endpoint: Endpoint) -> Deed:
        planned = self.planned(endpoint)
        words = [part for part in endpoint.segments if not part.startswith("{")]
        actor = planned.actor if planned and planned.actor else ""
        role = endpoint.roles[0] if endpoint.roles else ""
        if not role and actor in self.actors and actor != self.main:
            role = actor
        last_word = words[-1] if words else ""
        table = self._table(planned.entity) if planned and planned.entity else None
        table = table or (self._table(endpoint.schema) if endpoint.schema else None) or self._of_segment(last_word)
        act = self._act(endpoint, table, last_word)
        bound, above = self._bind(endpoint, table, act)
        owner = self._owner(table, bound)
        mine = bool(_OWN & set(words)) and bool(owner)
        moves = self._moves(endpoint, table, last_word) if act == "update" else None
        return Deed(endpoint, act, table, bound, above, owner, mine, moves, actor, role, planned)

    def _act(self, endpoint: Endpoint, table: Table | None, last: str) -> Act:
        parametric = endpoint.template.endswith("}")
        path = "/" + "/".join(part for part in endpoint.segments)
        if (
            endpoint.method == "POST"
            and _LOGIN.search(path)
            and _credentials(endpoint)
            and (table is None or table is self.account or _is_session(table))
        ):
            return "login"
        logged_in = table is None or table is self.account or _is_session(table)
        if endpoint.method in ("POST", "DELETE") and _LOGOUT.search(path) and endpoint.body is None and logged_in:
            return "logout"
        if table is None:
            return "none"
        match endpoint.method:
            case "GET":
                return "list" if _is_list(endpoint) else "get"
            case "DELETE":
                return "delete"
            case "PUT" | "PATCH":
                return "update"
        if parametric:
            return "update"
        below = "{" in endpoint.template
        made = self._of_segment(last) is table or singular(last) != last or not below
        return "create" if made else "update"

    def _bind(
        self, endpoint: Endpoint, table: Table | None, act: Act
    ) -> tuple[dict[str, str], dict[str, tuple[Table, str]]]:
        """Where each parameter of a path belongs: a column of the table, or the key of another."""
        bound: dict[str, str] = {}
        above: dict[str, tuple[Table, str]] = {}
        segments = endpoint.segments
        names = [(index, part[1:-1]) for index, part in enumerate(segments) if part.startswith("{")]
        for index, name in reversed(names):
            before = segments[index - 1] if index else ""
            target = self._of_segment(before) if before and not before.startswith("{") else None
            target = target or self._table("_".join(word for word in split_words(name) if word not in ("id", "uuid")))
            key = target.primary_key if target else ()
            if table is not None and len(table.primary_key) == 1 and name not in bound:
                own = target is table or (target is None and index == len(segments) - 1)
                taken = table.primary_key[0] in bound.values()
                if own and not taken and act != "create":
                    bound[name] = _other_key(table, name) or table.primary_key[0]
                    continue
            if table is not None and (column := _pointing(table, target, name)):
                bound[name] = column
            if target is not None and len(key) == 1:
                above[name] = (target, key[0])
        return bound, above

    def _owner(self, table: Table | None, bound: dict[str, str]) -> str:
        if table is None or self.account is None or table is self.account:
            return ""
        keys = [key.column for key in table.foreign_keys if key.table == self.account.name]
        return next((name for name in keys if name not in bound.values()), "")

    def _moves(self, endpoint: Endpoint, table: Table | None, last: str) -> tuple[str, str] | None:
        """The status that an act leads to: ``/loans/{id}/return`` makes it ``returned``."""
        if table is None or endpoint.template.endswith("}"):
            return None
        column = status_of(table)
        words = [word for word in (*split_words(last), split_words(endpoint.id)[0] if endpoint.id else "") if word]
        for word in words:
            for value in column.values if column else ():
                if column and _led_to(word, value):
                    return column.name, value
        return None


def status_of(table: Table) -> Column | None:
    """The column that says how far a row has come."""
    found = [one for one in table.columns if one.values and split_words(one.name)[-1:][0] in _STATES]
    return found[0] if found else None


def _led_to(verb: str, value: str) -> bool:
    verb, value = verb.lower(), value.lower().rpartition("_")[2]
    stem = verb.rstrip("e")
    return len(stem) > 2 and (value == verb or (value.startswith((stem, stem + stem[-1])) and value.endswith("ed")))


def _pointing(table: Table, target: Table | None, name: str) -> str:
    if target is not None:
        keys = [key.column for key in table.foreign_keys if key.table == target.name]
        if name in keys or keys:
            return name if name in keys else keys[0]
    return name if table.foreign_key(name) else ""


def _other_key(table: Table, name: str) -> str:
    """A unique column by whose value rows are told instead of their key: ``/posts/{slug}``."""
    column = table.column(name)
    return name if column is not None and column.unique else ""


def _is_session(table: Table) -> bool:
    return fold(table.entity or table.name) in ("session", "token", "refreshtoken", "accesstoken", "auth")


def _credentials(endpoint: Endpoint) -> bool:
    return endpoint.body is not None and bool(secrets_of(endpoint))


def secrets_of(endpoint: Endpoint) -> list[str]:
    names = properties_of(endpoint.body or {})
    return [name for name in names if _SECRET.search(name.lower())]


def _is_list(endpoint: Endpoint) -> bool:
    schema = endpoint.responses.get(str(endpoint.success)) or {}
    return schema.get("type") == "array" or items_of(schema) != ""


def items_of(schema: object) -> str:
    """The property of a page that holds its items."""
    properties = properties_of(schema) if isinstance(schema, dict) else {}
    lists = [name for name, one in properties.items() if isinstance(one, dict) and one.get("type") == "array"]
    if "id" in properties or not lists:
        return ""
    named = [name for name in lists if name in ("items", "data", "content", "results")]
    counted = {"page", "total", "size", "count", "next", "cursor", "total_count"} & set(properties)
    return named[0] if named else lists[0] if counted or len(properties) == 1 else ""


def _shape(path: str) -> tuple[str, ...]:
    parts: Sequence[str] = [part for part in path.split("/") if part]
    return tuple("{}" if part.startswith("{") else part.lower() for part in parts)
