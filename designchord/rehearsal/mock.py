"""A server of a design's API that remembers: requests are validated, state is kept, refusals can be reached.

What it does follows from the description and the tables alone. Where a refusal rests on a rule that it cannot
evaluate, ``Prefer: code=409`` asks for that answer, as other mock servers have it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from designchord.blueprint.naming import fold
from designchord.notation.sql.model import Column, Table
from designchord.rehearsal.acting import TOKEN, Deed, items_of, secrets_of
from designchord.rehearsal.described import Endpoint, properties_of, required_of
from designchord.rehearsal.listing import listing_of
from designchord.rehearsal.rules import broken_rule
from designchord.rehearsal.samples import PASSWORD, Samples
from designchord.rehearsal.stage import Stage
from designchord.rehearsal.store import Refused, Row, Store
from designchord.rehearsal.validating import Validator

MOST_BODY: Final = 1_000_000
NOW: Final = "2026-03-02T09:00:00Z"
_INSTEAD: Final = {400: (422,), 422: (400,), 404: (422, 400), 409: (422, 400), 401: (403,), 403: (401, 404)}
_PREFERRED: Final = re.compile(r"\bcode=([1-5][0-9]{2})\b")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Rejected(Exception):
    """A request that is refused: with which status, and why."""

    def __init__(self, status: int, *reasons: str) -> None:
        super().__init__(status)
        self.status = status
        self.reasons = reasons


@dataclass(slots=True)
class Request:
    """A request whose parts were read. ``caller`` is the account's row, ``role`` an actor's id."""

    deed: Deed
    path: dict[str, Any]
    query: dict[str, Any]
    body: Any
    caller: Row | None = None
    role: str = ""


class Mock:
    """One mock with its own state. Not for several threads at once."""

    def __init__(
        self,
        stage: Stage,
        *,
        seed: int = 1,
        language: str = "en",
        file: str = ":memory:",
        document_at: str = "/openapi.json",
    ) -> None:
        """``document_at`` is where the description itself can be had, unless the API has that path."""
        self._document_at = document_at
        self.description = stage.description
        self.acting = stage.acting
        self._samples = Samples(seed, language)
        self._validator = Validator()
        self._seed = seed
        self._passwords: dict[tuple[str, Any], str] = {}
        self._tokens: dict[str, tuple[Any, str]] = {}
        self._count = 0
        self.store = Store(stage.schema, file)
        with ExitStack() as failing:
            failing.callback(self.store.close)
            if self.store.is_new:
                self.store.fill(self._samples)
            if file == ":memory:":
                self.store.begin()
            failing.pop_all()

    def begin_again(self) -> None:
        """Forget what was asked: the rows to begin with, nobody signed in. For a mock in memory."""
        self.store.begin_again()
        self._passwords.clear()
        self._tokens.clear()
        self._count = 0

    def close(self) -> None:
        self.store.close()

    def handle(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Answer one request. ``target`` is a path with its query; names of headers are in lower case."""
        path, _, query = target.partition("?")
        found = self.description.at(path if path == "/" else path.rstrip("/"))
        fitting = [(one, values) for one, values in found if one.method == method.upper()]
        if not fitting:
            if not found and path == self._document_at and method.upper() == "GET":
                return Answer(200, self.description.document)
            if not found:
                return Answer(404, {"code": "no_such_path", "message": f"The API has no path {path[:200]}."})
            allowed = ", ".join(one.method for one, _ in found)
            return Answer(405, {"code": "method", "message": f"Here are only {allowed}."}, {"allow": allowed})
        endpoint, values = fitting[0]
        try:
            return self._answer(endpoint, values, query, headers or {}, body)
        except Rejected as rejected:
            return self._refusal(endpoint, rejected)

    # Reading a request

    def _answer(
        self, endpoint: Endpoint, values: dict[str, str], query: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        deed = self.acting.deeds[endpoint.id]
        request = Request(deed, {}, {}, None)
        self._admit(request, headers)
        preferred = _PREFERRED.search(headers.get("prefer", ""))
        if preferred and int(preferred[1]) >= 400 and preferred[1] in endpoint.responses:
            planned = deed.planned.errors if deed.planned else ()
            reasons = [reason for code, reason in planned if code == int(preferred[1])]
            raise Rejected(int(preferred[1]), *reasons[:1])
        self._read(request, values, query, headers)
        request.body = self._body(endpoint, headers, body)
        return self._act(request)

    def _admit(self, request: Request, headers: Mapping[str, str]) -> None:
        """Who calls, and whether they may."""
        deed = request.deed
        scheme, _, token = headers.get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() == "bearer" and token in self._tokens:
            key, request.role = self._tokens[token]
            request.caller = self._account(key)
        elif scheme.lower() == "bearer" and token.startswith(TOKEN):
            role = token.removeprefix(TOKEN)
            if role in self.acting.actors or role == "other":
                request.role = role if role != "other" else self.acting.main
                request.caller = self._sample_account(role)
        if deed.endpoint.secured and not request.role and not self._has_key(deed.endpoint, headers):
            raise Rejected(401, "Sign in first.")
        if deed.endpoint.secured and deed.role and request.role and request.role != deed.role:
            raise Rejected(403, f"Only {deed.role} may do this.")

    def _has_key(self, endpoint: Endpoint, headers: Mapping[str, str]) -> bool:
        """Whether a key is there where the API asks for one that is no bearer token."""
        schemes = (self.description.document.get("components") or {}).get("securitySchemes") or {}
        kinds = {one.get("type"): one for one in schemes.values() if isinstance(one, dict)}
        if any(one.get("scheme") == "bearer" for one in kinds.values()) or not endpoint.secured:
            return False
        named = [str(one.get("name", "")).lower() for one in kinds.values() if one.get("in") == "header"]
        return any(headers.get(name) for name in (*named, "authorization", "cookie"))

    def _account(self, key: Any) -> Row | None:
        account = self.acting.account
        return self.store.find(account, {account.primary_key[0]: key}) if account and account.primary_key else None

    def _sample_account(self, role: str) -> Row | None:
        """The account that a development token stands for: one an actor, the last for somebody else."""
        account = self.acting.account
        if account is None or len(account.primary_key) != 1:
            return None
        actors = [self.acting.main, *(one for one in self.acting.actors if one != self.acting.main)]
        rows, _ = self.store.page(account, [], "", "", 0, 3)
        index = actors.index(role) if role in actors else -1
        return rows[min(index, len(rows) - 1)] if rows else None

    def _read(self, request: Request, values: dict[str, str], query: str, headers: Mapping[str, str]) -> None:
        faults: list[str] = []
        try:
            given = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=200))
        except ValueError:
            raise Rejected(400, "The query has too many fields.") from None
        for parameter in request.deed.endpoint.parameters:
            written = {"path": values, "query": given, "header": headers}.get(parameter.place, {}).get(
                parameter.name.lower() if parameter.place == "header" else parameter.name
            )
            if written is None:
                if parameter.required and parameter.place in ("query", "header"):
                    faults.append(f"{parameter.place} parameter {parameter.name} is missing")
                continue
            value, found = self._validator.parameter(
                parameter, unquote(written) if parameter.place == "path" else written
            )
            if found and parameter.place == "path":
                raise Rejected(404 if "404" in request.deed.endpoint.responses else 400, *found)
            faults += found
            (request.path if parameter.place == "path" else request.query)[parameter.name] = value
        if faults:
            raise Rejected(400, *faults)

    def _body(self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes | None) -> Any:
        if endpoint.body is None:
            return None
        if not body:
            if endpoint.body_required:
                raise Rejected(400, "The request has no body.")
            return None
        if len(body) > MOST_BODY:
            raise Rejected(413, "The body is too large.")
        if "json" not in endpoint.media:  # a form: its parts are not read, what the tables need is made up
            return {name: self._example(one, name) for name, one in properties_of(endpoint.body).items()}
        try:
            value = json.loads(body)
            json.dumps(value, allow_nan=False).encode()
        except (ValueError, RecursionError, UnicodeError):
            raise Rejected(400, "The body is not JSON.") from None
        if faults := self._validator.body(endpoint, value):
            raise Rejected(400, *faults)
        return value

    # Doing what is asked

    def _act(self, request: Request) -> Answer:
        deed = request.deed
        try:
            self._require_above(request)
            match deed.act:
                case "list":
                    return self._list(request)
                case "get":
                    return self._success(deed.endpoint, self._row(request))
                case "create":
                    return self._success(deed.endpoint, self._create(request))
                case "update":
                    return self._success(deed.endpoint, self._update(request))
                case "delete":
                    return self._delete(request)
                case "login":
                    return self._log_in(request)
                case _:
                    return self._success(deed.endpoint, {})
        except Refused as refused:
            named = ", ".join(refused.columns)
            if refused.rule == "unique":
                raise Rejected(409, f"There is one with the same {named} already.") from None
            if refused.rule == "held":
                raise Rejected(409, "Others still point to it.") from None
            if refused.rule == "reference":
                raise Rejected(404, f"{named} points to nothing that exists.") from None
            raise Rejected(400, "A value does not fit into its column.") from None

    def _require_above(self, request: Request) -> None:
        for name, (table, key) in request.deed.above.items():
            if name in request.path and self.store.find(table, {key: request.path[name]}) is None:
                raise Rejected(404, f"There is no {table.label or table.name} {str(request.path[name])[:80]}.")

    def _where(self, request: Request) -> dict[str, Any]:
        deed = request.deed
        where = {column: request.path[name] for name, column in deed.bound.items() if name in request.path}
        own = deed.mine or (deed.act == "delete" and not _keyed(deed))
        if own and deed.owner and (key := self._caller_key(request)) is not None:
            where[deed.owner] = key
        if deed.table is self.acting.account and deed.table is not None and not where:  # /me
            key = self._caller_key(request)
            where = {deed.table.primary_key[0]: key} if key is not None else {}
        return where

    def _caller_key(self, request: Request) -> Any:
        account = self.acting.account
        if account is None or len(account.primary_key) != 1:
            return None
        caller = request.caller or self._sample_account(self.acting.main)
        return caller[account.primary_key[0]] if caller else None

    def _row(self, request: Request) -> Row:
        table = _table(request)
        row = self.store.find(table, self._where(request))
        if row is None:
            raise Rejected(404, f"There is no such {table.label or table.name}.")
        return row

    def _list(self, request: Request) -> Answer:
        deed, table = request.deed, _table(request)
        asked = listing_of(table, request.query)
        where = [*((name, "=", value) for name, value in self._where(request).items()), *asked.where]
        rows, total = self.store.page(table, where, asked.search, asked.order, asked.first, asked.size)
        schema = deed.endpoint.responses.get(str(deed.endpoint.success)) or {}
        holder = items_of(schema)
        if not holder:
            return self._success(deed.endpoint, rows)
        shown = {holder: rows, "page": asked.page, "size": asked.size, "count": len(rows)}
        shown |= {"total": total, "total_count": total}
        return self._success(deed.endpoint, shown)

    def _create(self, request: Request) -> Row:
        deed, table = request.deed, _table(request)
        sent = request.body if isinstance(request.body, dict) else {}
        row = _columns(table, sent)
        row |= {column: request.path[name] for name, column in deed.bound.items() if name in request.path}
        if deed.owner and (key := self._caller_key(request)) is not None:
            row.setdefault(deed.owner, key)
        self._complete(table, row)
        if broken := broken_rule(deed, row, self.store):
            raise Rejected(*broken)
        if lost := self.store.missing(table, row):
            raise Refused("reference", lost)
        made = self.store.insert(table, row)
        if table is self.acting.account and len(table.primary_key) == 1:
            self._keep_password(made[table.primary_key[0]], deed.endpoint, sent)
        return made

    def _complete(self, table: Table, row: Row) -> None:
        """What the system sets: keys, moments, defaults, and something plausible where nobody says what."""
        self._count += 1
        for column in table.columns:
            if column.name in row and row[column.name] is not None:
                continue
            if column.name in row and not column.required:
                continue
            if not column.required and not column.primary:
                row[column.name] = None
            elif column.primary and column.type == "integer":
                row.pop(column.name, None)
            elif target := table.foreign_key(column.name):
                row[column.name] = self._any_key(target.table, target.target)
            elif column.default is not None and column.default not in ("now()", "uuid()"):
                row[column.name] = column.default
            elif column.type == "datetime":
                row[column.name] = NOW
            else:
                row[column.name] = self._made_up(table, column)

    def _made_up(self, table: Table, column: Column) -> Any:
        value = self._samples.value(table, column, 1000 + self._count)
        return value if column.type != "enum" else column.values[0]

    def _any_key(self, name: str, key: str) -> Any:
        table = self.store.schema.table(name)
        rows, _ = self.store.page(table, [], "", "", 0, 1) if table else ([], 0)
        return rows[0][key] if rows else None

    def _update(self, request: Request) -> Row:
        deed, table = request.deed, _table(request)
        row = self._row(request)
        where = {name: row[name] for name in table.primary_key} or self._where(request)
        sent = request.body if isinstance(request.body, dict) else {}
        changes = {name: value for name, value in _columns(table, sent).items() if name not in table.primary_key}
        if deed.moves is not None:
            column, value = deed.moves
            if row[column] == value:
                raise Rejected(409, f"It is {value} already.")
            changes[column] = value
        if "updated_at" in row:
            changes["updated_at"] = NOW
        required = {column.name for column in table.columns if column.required}
        changes = {name: value for name, value in changes.items() if value is not None or name not in required}
        if lost := self.store.missing(table, changes):
            raise Refused("reference", lost)
        self.store.change(table, where, changes)
        return self.store.find(table, where) or row

    def _delete(self, request: Request) -> Answer:
        table, where = _table(request), self._where(request)
        if not where or not self.store.remove(table, where):
            raise Rejected(404, f"There is no such {table.label or table.name}.")
        return self._success(request.deed.endpoint, {})

    def _log_in(self, request: Request) -> Answer:
        account, endpoint = self.acting.account, request.deed.endpoint
        sent = request.body if isinstance(request.body, dict) else {}
        secrets = secrets_of(endpoint)
        named = (
            {name: value for name, value in _columns(account, sent).items() if name not in secrets} if account else {}
        )
        row = self.store.find(account, named) if account and named else None
        if account is None or row is None or not account.primary_key:
            raise Rejected(401, "Nobody has signed up so.")
        key = row[account.primary_key[0]]
        if secrets and sent.get(secrets[0]) != self._passwords.get((account.name, key), PASSWORD):
            raise Rejected(401, "The password is not right.")
        self._count += 1
        token = hashlib.sha256(f"{self._seed}/{key}/{self._count}".encode()).hexdigest()[:40]
        self._tokens[token] = (key, self.acting.main)
        shown = row | dict.fromkeys(("token", "access_token", "accessToken", "jwt", "refresh_token"), token)
        return self._success(endpoint, shown | {"token_type": "Bearer", "expires_in": 3600})

    def _keep_password(self, key: Any, endpoint: Endpoint, sent: Mapping[str, Any]) -> None:
        for name in secrets_of(endpoint):
            if isinstance(sent.get(name), str) and self.acting.account is not None:
                self._passwords[self.acting.account.name, key] = sent[name]

    # Answering

    def _success(self, endpoint: Endpoint, value: Any) -> Answer:
        schema = endpoint.responses.get(str(endpoint.success))
        if schema is None:
            return Answer(endpoint.success)
        shown = self._shown(schema, value)
        location = {}
        deed = self.acting.deeds[endpoint.id]
        if endpoint.success == 201 and deed.table and isinstance(shown, dict) and "id" in shown:
            location = {"location": f"{endpoint.template}/{shown['id']}"} if "{" not in endpoint.template else {}
        return Answer(endpoint.success, shown, location)

    def _shown(self, schema: Mapping[str, Any], value: Any) -> Any:
        """A value as its description has it: what the tables do not know is made up, what it does not name left out."""
        properties = properties_of(schema)
        if schema.get("type") == "array" and isinstance(value, list):
            return [self._shown(schema.get("items") or {}, one) for one in value]
        if not properties or not isinstance(value, dict):
            return value if self._validator.fits(schema, value) else self._example(schema, "")
        known = {fold(name): one for name, one in value.items()} | value
        shown = {}
        required = required_of(schema)
        for name, one in properties.items():
            given = known.get(name, known.get(fold(name)))
            if given is None and name not in required:
                continue
            if isinstance(given, (dict, list)):
                given = self._shown(one, given)
            shown[name] = given if given is not None and self._validator.fits(one, given) else self._example(one, name)
        return shown

    def _example(self, schema: Mapping[str, Any], name: str) -> Any:
        from designchord.rehearsal.inventing import invent

        return invent(schema, name)

    def _refusal(self, endpoint: Endpoint, rejected: Rejected) -> Answer:
        """A refusal in the form that the description gives it, with the nearest status that it has."""
        known = endpoint.responses
        wishes = (rejected.status, *_INSTEAD.get(rejected.status, ()))
        status = next((one for one in wishes if str(one) in known), rejected.status)
        schema = known.get(str(status)) or known.get("4XX") or known.get("default")
        message = "; ".join(reason for reason in rejected.reasons if reason) or "The request is refused."
        told = {"code": _CODES.get(status, "refused"), "message": message, "detail": message, "error": message}
        headers = {"www-authenticate": "Bearer"} if status == 401 else {}
        if schema is None and str(status) in known:
            return Answer(status, None, headers)
        if not schema:
            return Answer(status, {"code": told["code"], "message": message}, headers)
        return Answer(status, self._shown(schema, told | {"status": status}), headers)


_CODES: Final = {400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 409: "conflict"}


def _table(request: Request) -> Table:
    if request.deed.table is None:
        raise Rejected(404, "Nothing is kept for this.")
    return request.deed.table


def _keyed(deed: Deed) -> bool:
    return deed.table is not None and any(name in deed.bound.values() for name in deed.table.primary_key)


def _columns(table: Table, sent: Mapping[str, Any]) -> Row:
    """What was sent, by the columns that it belongs into."""
    names = {fold(column.name): column.name for column in table.columns}
    return {names[fold(name)]: value for name, value in sent.items() if fold(name) in names}
