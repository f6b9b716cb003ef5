"""Twice as large a document takes about twice as long, whatever it is made of."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from designchord.export.api_html import api_html
from designchord.kinds.api.fixes import fix_document
from designchord.notation.openapi import check, facts, read
from designchord.notation.openapi.compact import parse
from designchord.notation.openapi.writing import to_json, to_yaml
from designchord.readers.apis import read_api
from designchord.readers.joining import Given, join
from designchord.readers.system import System
from tests.unit.test_api_kind import KIND, PART, blueprint

LIMIT = 9

OK = {"200": {"description": "ok"}}


def _document(paths: Any = None, schemas: Any = None, version: str = "3.1.0", **more: Any) -> dict[str, Any]:
    head: dict[str, Any] = {"swagger": "2.0"} if version == "2.0" else {"openapi": version}
    parts = {"definitions": schemas or {}} if version == "2.0" else {"components": {"schemas": schemas or {}}}
    return {**head, "info": {"title": "T", "version": "1"}, "paths": paths or {}, **parts, **more}


def _operations(count: int, **operation: Any) -> dict[str, Any]:
    return {f"/a{n}": {"get": {"operationId": f"a{n}", "responses": OK, **operation}} for n in range(count)}


def _one(**operation: Any) -> dict[str, Any]:
    return {"/a": {"post": {"operationId": "a", "responses": OK, **operation}}}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


DOCUMENTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "operations": lambda n: _document(_operations(n)),
    "the same identifier": lambda n: _document(_operations(n, operationId="a")),
    "one path with other names": lambda n: _document({f"/a/{{p{i}}}": {"get": {"responses": OK}} for i in range(n)}),
    "a long path": lambda n: _document({"/a" + "/{p}" * n: {"get": {"responses": OK}}}),
    "a path of braces": lambda n: _document({"/" + "{" * n: {"get": {"responses": OK}}}),
    "parameters": lambda n: _document(
        _one(parameters=[{"name": f"p{i}", "in": "query", "schema": {"type": "string"}} for i in range(n)])
    ),
    "the same parameter": lambda n: _document(_one(parameters=[{"name": "p", "in": "query", "schema": {}}] * n)),
    "parameters of 2.0": lambda n: _document(
        _one(parameters=[{"name": f"p{i}", "in": "formData", "type": "file"} for i in range(n)]), version="2.0"
    ),
    "tags": lambda n: _document(_operations(n, tags=["u"]), tags=[{"name": f"t{i}"} for i in range(n)]),
    "undeclared tags": lambda n: _document(_one(tags=[f"u{i}" for i in range(n)]), tags=[{"name": "t"}]),
    "security": lambda n: _document(_one(security=[{f"bearer{i}": []} for i in range(n)])),
    "a chain of references": lambda n: _document(schemas={f"S{i}": _reference(f"S{i + 1}") for i in range(n)}),
    "a circle of references": lambda n: _document(schemas={f"S{i}": _reference(f"S{(i + 1) % n}") for i in range(n)}),
    "inheritance": lambda n: _document(schemas={f"S{i}": {"allOf": [_reference(f"S{i + 1}")]} for i in range(n)}),
    "many parents": lambda n: _document(schemas={"S": {"allOf": [_reference("T")] * n}, "T": {"type": "object"}}),
    "dangling references": lambda n: _document(schemas={f"S{i}": _reference(f"X{i}") for i in range(n)}),
    "ids": lambda n: _document(
        schemas={f"S{i}": {"$id": f"https://e.org/{i}", "items": {"$ref": "#/$defs/x"}} for i in range(n)}
    ),
    "properties": lambda n: _document(
        schemas={"S": {"properties": {f"p{i}": {"type": "int"} for i in range(n)}, "required": ["x"] * n}}
    ),
    "a large enum": lambda n: _document(schemas={"S": {"type": "string", "enum": [str(i) for i in range(n)]}}),
    "unknown words": lambda n: _document(schemas={f"S{i}": {"propertis": {}} for i in range(n)}, version="3.0.3"),
    "ill names": lambda n: _document(schemas={f"S {i}": {} for i in range(n)}, version="3.0.3"),
    "a long reference": lambda n: _document(schemas={"S": {"$ref": "#/" + "~1%20/" * n}}),
    "a long address": lambda n: _document(servers=[{"url": "https://" + "{a}" * n + "{" * n}]),
    "mappings": lambda n: _document(
        schemas={"S": {"discriminator": {"propertyName": "p", "mapping": {f"m{i}": f"X{i}" for i in range(n)}}}}
    ),
    "a long name": lambda n: _document(schemas={"책 " * n: {}}, version="3.0.3"),
}
_TEXTS: dict[str, Callable[[int], str]] = {
    "blank lines": lambda n: "\n" * n + "{",
    "brackets": lambda n: "{" * n,
    "quotes": lambda n: '"' * n,
    "colons": lambda n: "a: " * n,
    "anchors": lambda n: "".join(f"a{i}: &a{i} [*a{max(i - 1, 0)}]\n" for i in range(n)),
    "merges": lambda n: "a: &a {x: 1}\n" + "".join(f"b{i}:\n  <<: *a\n" for i in range(n)),
    "the same key": lambda n: "openapi: 3.1.0\n" + "a: 1\n" * n,
    "operations": lambda n: "api: A\n" + "".join(f"GET /a{i} a{i}\n  -> X\n" for i in range(n)),
    "schemas": lambda n: "api: A\n" + "".join(f"schema S{i}\n  id: uuid!\n" for i in range(n)),
    "fields": lambda n: "api: A\nschema S\n" + "".join(f"  f{i}: string(1..2)! # x\n" for i in range(n)),
    "one long line": lambda n: "api: A\nGET /" + "a{" * n,
    "marks": lambda n: "`*" * n + "GET /a\n" + "- " * n,
    "words": lambda n: "api: A\nschema S\n  f: enum(" + "a|" * n,
}


def _ratio(work: Callable[[Any], object], make: Callable[[int], Any], count: int) -> float:
    def seconds(size: int) -> float:
        value = make(size)
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            work(value)
            best = min(best, time.process_time() - began)
        return best

    # Four times as much: about 4 where it is linear, 16 where it is quadratic; what takes no time tells nothing. Others
    # on the machine only ever make it longer, so what looks too long is measured again.
    small = large = float("inf")
    for _ in range(4):
        small, large = min(small, seconds(count)), min(large, seconds(4 * count))
        if large / max(small, 0.004) < LIMIT:
            break
    return large / max(small, 0.004)


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize(
    "work",
    [
        lambda value: check(json.dumps(value, indent=1)),
        lambda value: check(to_yaml(value)),
        lambda value: facts(read(to_json(value))),
        fix_document,
        api_html,
    ],
    ids=["check JSON", "check YAML", "facts", "fix", "page"],
)
def test_documents(work, name):
    assert _ratio(work, DOCUMENTS[name], 500) < LIMIT


@pytest.mark.slow
@pytest.mark.parametrize("name", _TEXTS)
@pytest.mark.parametrize("work", [check, parse], ids=["check", "compact"])
def test_texts(work, name):
    assert _ratio(work, _TEXTS[name], 5_000) < LIMIT


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        *("\n", " ", "{", "[", '"', "'", "`", "\\", "//", "/*", '"a": ', "> ", "- ", "---\n", "&lt;"),
        *("```\n", "```json\n{", "~~~\n", '<pre class="json">', "<think>", "</think>", "<|channel|>final", "<|end|>"),
        *("GET /", "GET /a a\n", "schema A\n", "openapi: 3.1.0\n", '{"openapi": "3.1.0",'),
    ],
)
def test_answers(piece):
    accept = lambda text: KIND.accept(text, blueprint(), PART)  # noqa: E731
    assert _ratio(accept, lambda size: piece * (size * 8 // len(piece)), 2_500) < LIMIT


def _resources(count: int) -> str:
    """An API of so many things, some of them shown in two ways."""
    ok = {"description": "ok", "content": {"application/json": {"schema": _reference("S0")}}}
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for at in range(count):
        thing = {"type": "object", "properties": {"id": {"type": "string"}, f"f{at}": {"type": "integer"}}}
        schemas |= {f"S{at}": thing, f"S{at}Detail": thing}
        shown = ok | {"content": {"application/json": {"schema": _reference(f"S{at}Detail")}}}
        paths[f"/s{at}/{{id}}"] = {"get": {"operationId": f"get{at}", "responses": {"200": shown}}}
    return json.dumps(_document(paths, schemas))


@pytest.mark.slow
def test_imports():
    imported = lambda text: join(System([read_api("api.json", text)]), Given())  # noqa: E731
    assert _ratio(imported, _resources, 500) < LIMIT
