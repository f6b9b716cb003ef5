"""Trying an API out: what can be called, with values that work, and a sandbox that is nothing but a list of requests.

A mock of one seed answers the same requests alike. So whoever tries keeps the requests that changed something, and
sends them along with the next one: a new mock is told them all again and then answers. Nothing is kept anywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from designchord.rehearsal.acting import TOKEN, Deed, secrets_of
from designchord.rehearsal.budget import Spent, never
from designchord.rehearsal.described import Endpoint, properties_of
from designchord.rehearsal.inventing import invent
from designchord.rehearsal.mock import Answer, Mock
from designchord.rehearsal.requests import Tried
from designchord.rehearsal.samples import PASSWORD
from designchord.rehearsal.stage import Stage

_SAFE: Final = ("GET", "HEAD", "OPTIONS")


class OutOfTime(Exception):
    """There was enough of it before the last request was answered."""


def tried(stage: Stage, before: Sequence[Tried], request: Tried, *, language: str, spent: Spent = never) -> Answer:
    """What the API answers to a request after those before it. Raises ``sqlite3.Error`` when there are no tables."""
    mock = _mock(stage, language)
    try:
        for one in before:
            if spent():
                raise OutOfTime
            _ask(mock, one)
        if spent():
            raise OutOfTime
        return _ask(mock, request)
    finally:
        mock.close()


def changes(request: Tried, answer: Answer) -> bool:
    """Whether what comes after a request depends on it."""
    return request.method.upper() not in _SAFE and answer.status < 400


def offered(stage: Stage, *, language: str) -> dict[str, Any]:
    """What can be called, each with parameters and a body that the beginning's rows allow, and who may call."""
    mock = _mock(stage, language)
    try:
        operations = [_operation(mock, endpoint) for endpoint in stage.description.endpoints]
    finally:
        mock.close()
    names = {one.id: one.label for one in stage.blueprint.actors}
    actors = [{"id": one, "label": names.get(one, one), "token": f"{TOKEN}{one}"} for one in stage.acting.actors]
    return {"operations": operations, "actors": actors}


def _mock(stage: Stage, language: str) -> Mock:
    return Mock(stage, language=language)


def _ask(mock: Mock, request: Tried) -> Answer:
    headers = {"accept": "application/json"}
    if request.token:
        headers["authorization"] = f"Bearer {request.token}"
    if request.prefer:
        headers["prefer"] = request.prefer
    body = request.body.encode("utf-8", "replace") if request.body else None
    if body is not None:
        headers["content-type"] = "application/json"
    return mock.handle(request.method, request.target, headers, body)


def _operation(mock: Mock, endpoint: Endpoint) -> dict[str, Any]:
    deed = mock.acting.deeds[endpoint.id]
    said = mock.description.document["paths"][endpoint.template].get(endpoint.method.lower()) or {}
    parameters = [
        {
            "name": one.name,
            "place": one.place,
            "required": one.required,
            "example": _written(_parameter(mock, deed, one.name, one.schema)) if one.required else "",
        }
        for one in endpoint.parameters
        if one.place in ("path", "query")
    ]
    refusals = [int(status) for status in endpoint.responses if status.isdecimal() and int(status) >= 400]
    return {
        "id": endpoint.id,
        "method": endpoint.method,
        "path": endpoint.template,
        "summary": str(said.get("summary") or (deed.planned.summary if deed.planned else "")),
        "secured": endpoint.secured,
        "role": deed.role or (deed.actor if endpoint.secured else ""),
        "parameters": parameters,
        "body": _body(mock, deed),
        "refusals": sorted(refusals),
    }


def _parameter(mock: Mock, deed: Deed, name: str, schema: Any) -> Any:
    """A value of a row that is there, where the parameter tells one from the others."""
    table, column = deed.above.get(name, (deed.table if name in deed.bound else None, deed.bound.get(name, "")))
    rows = mock.store.page(table, [], "", "", 0, 1)[0] if table is not None and table.column(column) else []
    return rows[0][column] if rows else invent(schema, name)


def _body(mock: Mock, deed: Deed) -> Any:
    """An example of a body whose references lead to rows that are there; None where there is none."""
    endpoint, table = deed.endpoint, deed.table
    if endpoint.body is None:
        return None
    properties = properties_of(endpoint.body)
    if not properties:
        return invent(endpoint.body)
    example = {}
    for name, schema in properties.items():
        key = table.foreign_key(name) if table is not None else None
        rows = mock.store.page(target, [], "", "", 0, 1)[0] if key and (target := mock.acting.target(key.table)) else []
        if key and rows:
            example[name] = rows[0][key.target]
        else:
            example[name] = PASSWORD if name in secrets_of(endpoint) else invent(schema, name)
    return example


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
