"""Reading and checking OpenAPI: bounded, exact about lines, fetching nothing."""

from __future__ import annotations

import json
import re
import socket
from hashlib import sha256
from importlib.resources import files

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from designchord.notation.openapi import check, facts, read
from designchord.notation.openapi.reading import MAX_BYTES
from designchord.notation.openapi.writing import to_json, to_yaml
from designchord.notation.problems import has_errors

HEAD = 'openapi: "3.1.0"\ninfo: {title: T, version: "1"}\n'


def codes(text: str, severity: str = "error") -> list[str]:
    return [problem.code for problem in check(text).problems if problem.severity == severity]


def test_yaml_is_read_as_the_json_it_stands_for():
    text = "date: 2026-01-02\nyes: on\n200: x\ntime: 12:30:45\nold: 0123\nhex: 0x1F\nn: ~\nf: 1e3\nt: true\nq: '1'\n"
    assert read(text).value == {
        "date": "2026-01-02",
        "yes": "on",
        "200": "x",
        "time": "12:30:45",
        "old": 123,
        "hex": 31,
        "n": None,
        "f": 1000.0,
        "t": True,
        "q": "1",
    }


def test_anchors_and_merges_are_followed():
    assert read("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n").value == {
        "a": {"x": 1, "y": 2},
        "b": {"y": 3, "x": 1},
        "c": {"x": 1, "y": 2},
    }


def test_a_merge_may_have_its_tag():
    assert read("a: &a {x: 1}\nb:\n  !!merge <<: *a\n").value == {"a": {"x": 1}, "b": {"x": 1}}


def test_yaml_may_begin_with_a_brace():
    assert codes("{openapi: 3.1.0, info: {title: T, version: '1'}, paths: {}}") == []
    assert codes("{openapi: 3.1.0, info: [}") == ["openapi.yaml_syntax"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "openapi.empty", 1),
        ("- a\n- b\n", "openapi.not_a_document", 1),
        ("just words", "openapi.not_a_document", 1),
        ("a: 1\nb: 2\na: 3\n", "openapi.duplicate_key", 3),
        ('{"a": 1,\n "b": {"c": 1,\n "c": 2}}', "openapi.duplicate_key", 3),
        ("a: 1\n\tb: 2\n", "openapi.yaml_syntax", 2),
        ("a: 1\n  b: 2\n", "openapi.yaml_syntax", 2),
        ("a: [1, 2\n", "openapi.yaml_syntax", 2),
        ("a: *nowhere\n", "openapi.yaml_alias", 1),
        ("a: &a [*a]\n", "openapi.yaml_alias", 1),
        ("a: !!python/object:os.system x\n", "openapi.yaml_tag", 1),
        ("a: 1\n---\nb: 2\n", "openapi.several_documents", 2),
        ('{"a": 1,\n"b" 2}', "openapi.json_syntax", 2),
        ('{"a": NaN}', "openapi.not_json", 1),
        ('{"a": 1e999}', "openapi.not_json", 1),
        ('{"a": "\\ud800"}', "openapi.character", 1),
        ("{" + '"a":{' * 100 + "}" * 101, "openapi.too_deep", 1),
        ("[" * 100_000, "openapi.too_deep", 1),
        ("a: " + "[" * 100_000, "openapi.too_deep", 1),
        ("a: " + "x" * MAX_BYTES, "openapi.too_large", 1),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_a_line(text, code, line):
    problems = read(text).problems
    assert (problems[0].code, problems[0].line) == (code, line)
    assert set(problems) <= set(check(text).problems)


def test_an_alias_bomb_is_counted_before_it_is_unfolded():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )
    assert codes(bomb) == ["openapi.too_large"]


@settings(max_examples=200)
@given(st.text(st.sampled_from("ab:-[]{}&*!|>'\"#%@`, \n\t0.~?é한\ud800\x00"), max_size=40))
def test_no_text_makes_the_reader_raise(text):
    document = read(text)
    assert (document.value is None) <= bool(document.problems)


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.text(max_size=6).filter(lambda key: key != "<<"),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(max_size=8),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
            max_leaves=8,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_json_and_yaml_of_one_value_read_alike(value):
    assert read(json.dumps(value)).value == value
    if "<<" not in json.dumps(value):
        assert read(yaml.safe_dump(value)).value == value


GET = "paths:\n  /a/{x}:\n    get:\n      responses: {'200': {description: ok}}\n"


_digits = st.text(st.sampled_from("0123456789"), min_size=1, max_size=4)
_like_other_values = st.one_of(
    st.sampled_from(
        ["yes", "No", "ON", "off", "y", "n", "true", "False", "null", "~", "", "<<", "=", ".inf", "-.Inf", ".NaN"]
    ),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "-", "+"]),
        _digits,
        st.sampled_from(["", ".", "e", "E-", ":", "_"]),
        _digits,
    ),
    st.builds("{}{}".format, st.sampled_from(["0o", "0x", "0b", "0", "0X", "."]), _digits),
    st.builds("{}-{}-{}".format, _digits, _digits, _digits),
    st.dates().map(str),
    st.datetimes().map(str),
    st.times().map(str),
    st.text(st.sampled_from("-+.0123456789eExob_: "), max_size=8),
)


@settings(max_examples=300)
@given(_like_other_values)
@example("1e5")
@example("12e03")
@example("0E0")
@example("0o17")
def test_a_text_that_looks_like_something_else_stays_a_text(text):
    written = to_yaml({"value": text, "list": [text], "keys": {text: 1}})
    expected = {"value": text, "list": [text], "keys": {text: 1}}
    assert read(written).value == expected, "YAML 1.2"
    assert yaml.safe_load(written) == expected, "YAML 1.1"


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        (GET, "openapi.undeclared_path_parameter", 5),
        ("paths:\n  /a:\n    get:\n      responses: {'200': {}}\n", "openapi.missing", 6),
        ("paths:\n  /a:\n    get:\n      reponses: {}\n", "openapi.unknown_property", 6),
        ("paths: {}\nsecurity: [{nowhere: []}]\n", "openapi.unknown_security", 4),
        ("paths: {}\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n", "openapi.dangling_ref", 6),
        ("paths: {}\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/A'}\n", "openapi.ref_loop", 6),
        (
            "paths: {}\ncomponents:\n  schemas:\n    A:\n      allOf: [{$ref: '#/components/schemas/A'}]\n",
            "openapi.ref_loop",
            7,
        ),
        ("paths: {}\ncomponents:\n  schemas:\n    A: {type: int}\n", "openapi.value", 6),
        (
            "paths:\n  /a/{x}:\n    parameters: [{name: x, in: path, required: true, schema: {}}]\n"
            "  /a/{y}:\n    parameters: [{name: y, in: path, required: true, schema: {}}]\n",
            "openapi.duplicate_path",
            6,
        ),
        (
            "paths:\n  /a:\n    get: {operationId: x, responses: {'200': {description: ok}}}\n"
            "    put: {operationId: x, responses: {'200': {description: ok}}}\n",
            "openapi.duplicate_operation_id",
            6,
        ),
        (
            "paths:\n  /a:\n    get:\n      parameters:\n        - {name: q, in: query, schema: {type: string}}\n"
            "        - {name: q, in: query, schema: {type: integer}}\n      responses: {'200': {description: ok}}\n",
            "openapi.duplicate_parameter",
            8,
        ),
        (
            "paths:\n  /a:\n    get:\n      parameters: [{name: x, in: path, required: true, schema: {}}]\n"
            "      responses: {'200': {description: ok}}\n",
            "openapi.unused_path_parameter",
            6,
        ),
    ],
)
def test_an_error_points_to_its_line(body, code, line):
    errors = [problem for problem in check(HEAD + body).problems if problem.severity == "error"]
    assert [(problem.code, problem.line) for problem in errors] == [(code, line)]
    assert errors[0].hint
    as_json = json.dumps(read(HEAD + body).value, indent=1)
    assert codes(as_json) == [code]


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ("{type: object, required: [b], properties: {a: {}}}", "openapi.undeclared_property"),
        ("{type: string, default: 1}", "openapi.default"),
        ("{type: string, enum: [a], default: b}", "openapi.default"),
        ("{type: string, enum: [a, 1]}", "openapi.enum"),
        ("{$ref: 'https://example.com/a.json'}", "openapi.remote_ref"),
        ("{$ref: 'file:///etc/passwd'}", "openapi.remote_ref"),
    ],
)
def test_doubtful_things_are_warnings(schema, code):
    text = f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A: {schema}\n"
    assert codes(text, "warning") == [code]
    assert codes(text) == []


def test_examples_and_extensions_are_data():
    example = "{type: object, example: {$ref: nowhere, required: [x]}, x-a: {$ref: nowhere}, default: {$ref: nowhere}}"
    assert codes(f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A: {example}\n") == []
    named = "{type: object, properties: {example: {$ref: '#/components/schemas/B'}}}"
    assert codes(f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A: {named}\n") == ["openapi.dangling_ref"]


@pytest.mark.parametrize("version", ["4.0.0", "2.1", "", "x"])
def test_a_version_that_cannot_be_checked_is_said_so(version):
    assert codes(f'openapi: "{version}"\ninfo: {{title: T, version: "1"}}\npaths: {{}}\n') == ["openapi.version"]


def test_nothing_is_ever_fetched(monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    schemas = (
        "A: {$ref: 'http://127.0.0.1:1/a.json'}\n    B: {$schema: 'http://127.0.0.1:1/s', $id: 'http://127.0.0.1:1/b'}"
    )
    check(f"{HEAD}jsonSchemaDialect: http://127.0.0.1:1/d\npaths: {{}}\ncomponents:\n  schemas:\n    {schemas}\n")


def test_the_metaschemas_are_the_vendored_ones():
    folder = files("designchord.notation").joinpath("vendor", "openapi")
    sums = dict(
        re.findall(r"\| (oas-[\d.]+\.json) \|.*\| ([0-9a-f]{64}) \|", folder.joinpath("README.md").read_text("utf-8"))
    )
    assert len(sums) == 3
    for name, expected in sums.items():
        assert sha256(folder.joinpath(name).read_bytes()).hexdigest() == expected


def test_facts_have_lines_and_look_through_references():
    text = (
        HEAD + "paths:\n  /a:\n    post:\n      requestBody: {$ref: '#/components/requestBodies/R'}\n"
        "      responses: {'200': {description: ok}}\ncomponents:\n"
        "  requestBodies: {R: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}\n"
        "  schemas:\n    Base: {properties: {id: {type: integer}}}\n"
        "    A: {allOf: [{$ref: '#/components/schemas/Base'}], required: [b],\n"
        "        properties: {b: {type: string, format: date}}}\n"
    )
    found = facts(read(text))
    assert [(each.operation_id, each.method, each.path, each.schemas, each.line) for each in found.operations] == [
        ("POST /a", "POST", "/a", ("A",), 5)
    ]
    assert [(each.name, each.line) for each in found.schemas] == [("Base", 11), ("A", 12)]
    assert [(each.name, each.type, each.required) for each in found.schemas[1].attributes] == [
        ("id", "integer", False),
        ("b", "date", True),
    ]


def paths_of(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths_of(child, (*path, key))
    if isinstance(value, dict):
        yield (*path, "not there")
        yield (*path, "not there", "either")


@pytest.mark.parametrize(
    "value",
    [
        {"paths": {}, "info": {"paths": {"a": 1}}, "x": {}, "y": {"a": {"b": [{"c": 1}], "d": '\n  "b": '}}},
        {"a": {"a": {"a": {}}}, "b": [], 'q"\\': {"é\u2028": {"a": None}}, "": {"": 1}},
    ],
)
def test_lines_are_the_same_however_a_document_is_read(value):
    text = to_json(value)
    plain = read(text + " ")  # no longer as it was written, so it is searched from its beginning
    for path in paths_of(value):
        assert read(text).locate([path]) == plain.locate([path])
    assert read(text).locate(paths_of(value)) == plain.locate(paths_of(value))
    assert read(text).value == plain.value == value


def test_documents_that_we_wrote_are_read_as_all_others(corpus):
    for record in corpus("openapi_ok") + corpus("openapi_bad"):
        value = read(record["text"]).value
        if value is not None:
            text = to_json(value)
            assert facts(read(text)) == facts(read(text + " ")), record["id"]
            assert check(text).problems == check(text + " ").problems, record["id"]


def test_valid_documents_of_others_have_no_error(corpus):
    found = {record["id"]: check(record["text"]).problems for record in corpus("openapi_ok")}
    assert {name: problems for name, problems in found.items() if has_errors(problems)} == {}


def test_broken_documents_of_others_are_reported(corpus):
    records = corpus("openapi_bad")
    problems = {record["id"]: check(record["text"]).problems for record in records}
    silent = [name for name, found in problems.items() if not has_errors(found)]
    # What is left: matters of taste of one validator (a regular expression's dialect, a bracket's indentation).
    assert len(silent) <= 0.1 * len(records), silent
    assert all(problem.line for found in problems.values() for problem in found)
