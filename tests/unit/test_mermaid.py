"""Reading diagrams: the grammar's verdict, located and explained; limits; threads, forks and hostile texts."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.resources import files
from typing import Any

import pytest

from designchord.notation.mermaid import Message, parse
from designchord.notation.mermaid import grammar as mermaid_grammar
from designchord.notation.mermaid.grammar import Grammar, GrammarStopped
from designchord.notation.problems import Problem

Corpus = Callable[[str], list[dict[str, Any]]]

SEQUENCE = """sequenceDiagram
    %% a comment
    participant U as 사용자
    participant S as System

    U->>+S: POST /loans
    alt taken
        S-->>U: 409
    else free
        S-->>U: 201
    end
    deactivate S
"""
ER = """erDiagram
    MEMBER ||--o{ LOAN : "빌린다"
    LOAN {
        uuid id PK "번호"
        uuid member_id FK
    }
"""


def errors(text: str) -> list[Problem]:
    diagram = parse(text)
    return [problem for problem in (*diagram.refused, *diagram.problems) if problem.severity == "error"]


def codes(text: str) -> list[str]:
    diagram = parse(text)
    return [problem.code for problem in (*diagram.refused, *diagram.problems)]


def test_a_sequence_diagram_is_read_with_the_lines_of_its_messages() -> None:
    diagram = parse(SEQUENCE)
    assert diagram.valid
    assert diagram.type == "sequence"
    assert diagram.sequence is not None
    assert [(p.name, p.label, p.declared) for p in diagram.sequence.participants] == [
        ("U", "사용자", (3,)),
        ("S", "System", (4,)),
    ]
    assert diagram.sequence.messages[0] == Message("U", "S", "POST /loans", "SOLID", 6)
    assert [m.line for m in diagram.sequence.messages] == [6, 8, 10]
    assert [(s.type, s.line) for s in diagram.sequence.signals][1:3] == [("ALT_START", 7), ("ALT_ELSE", 9)]


def test_an_er_diagram_is_read_with_attributes_keys_and_ends() -> None:
    er = parse(ER).er
    assert er is not None
    loan = next(entity for entity in er.entities if entity.name == "LOAN")
    assert [(a.name, a.type, a.keys, a.comment, a.line) for a in loan.attributes] == [
        ("id", "uuid", ("PK",), "번호", 4),
        ("member_id", "uuid", ("FK",), "", 5),
    ]
    (relation,) = er.relationships
    assert (relation.source_end, relation.target_end, relation.label, relation.line) == (
        "ONLY_ONE",
        "ZERO_OR_MORE",
        "빌린다",
        2,
    )


def test_escaped_signs_are_read_as_the_reader_sees_them() -> None:
    sequence = parse("sequenceDiagram\nA->>B: a#59; b #35;1 #quot;c#quot;").sequence
    assert sequence is not None
    assert sequence.messages[0].text == 'a; b #1 "c"'


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "mermaid.empty", None),
        ("Sure! Here it is.\n\nsequenceDiagram\nA->>B: x", "mermaid.prose", 1),
        ("```mermaid\nsequenceDiagram\nA->>B: x\n```", "mermaid.fence", 1),
        ("gantt\ntitle x", "mermaid.wrong_type", 1),
        ("SequenceDiagram\nA->>B: x", "mermaid.header", 1),
        ("A->>B: x", "mermaid.no_header", 1),
        ("sequenceDiagram\nA->>B: a; b\nB->>A: c", "mermaid.semicolon", 2),
        ("sequenceDiagram\nNote over A: a; b\nB->>A: c", "mermaid.semicolon", 2),
        ("sequenceDiagram\nA->>End: x", "mermaid.reserved_word", 2),
        ("sequenceDiagram\nCreate->>A: x", "mermaid.reserved_word", 2),
        ("sequenceDiagram\nalt x\nA->>B: y", "mermaid.unclosed_block", 3),
        ("sequenceDiagram\nA->>B: y\nend", "mermaid.stray_end", 3),
        ("sequenceDiagram\nA->>B: y\nelse z", "mermaid.stray_branch", 3),
        ("sequenceDiagram\nbox B\nA->>B: y\nend", "mermaid.box_content", 3),
        ("sequenceDiagram\nA->>B", "mermaid.no_text", 2),
        ("sequenceDiagram\nA->>B: x\nand so on", "mermaid.stray_branch", 3),
        ("sequenceDiagram\nA->>B: x\nB-->>-A: y", "sequence.deactivated_inactive", 3),
        ("erDiagram\nA {\n  id PK\n}", "er.attribute_type", 3),
        ("erDiagram\nA {\n  string id PK FK\n}", "er.key_comma", 3),
        ("erDiagram\nA {\n  decimal(10, 2) x\n}", "er.type_space", 3),
        ("erDiagram\nA {\n  string x NN\n  string y FK\n}", "er.constraint_word", 3),
        ("erDiagram\nA {\n  string x NOT NULL\n}", "er.attribute_shift", 3),
        ("erDiagram\nA {\n  string x\n  string 50\n}", "er.attribute_name", 4),
        ("erDiagram\nA ||--<< B : x", "er.cardinality", 2),
        ("erDiagram\nA ||--o{ B", "er.no_label", 2),
        ("erDiagram\nA ||--o{ B has", "er.missing_colon", 2),
        ("erDiagram\nA ||--o{ : has", "er.one_entity", 2),
        ('erDiagram\nA ||--o{ B "has many"', "er.missing_colon", 2),
        ("erDiagram\n나무 }o..|| 숲 이 있다", "er.missing_colon", 2),
        ("erDiagram\nA {\n  id: int\n}", "er.attribute_order", 3),
        ("sequenceDiagram\nA=>>B: x", "sequence.no_arrow", 2),
        ("sequenceDiagram\nShop ==> Till: x", "sequence.no_arrow", 2),
        ("sequenceDiagram\nA ~> B: x", "sequence.no_arrow", 2),
        ("erDiagram\n...", "mermaid.placeholder", 2),
        ("sequenceDiagram\nA->>B： x", "mermaid.full_width", 2),
        ("erDiagram\nA ||--o{ B ： has", "mermaid.full_width", 2),
        ("sequenceDiagram\nA–>>B: x – y", "mermaid.look_alike", 2),
        ("sequenceDiagram\nA→B: x", "mermaid.look_alike", 2),
        ("erDiagram\nA ||—o{ B : has", "mermaid.look_alike", 2),
        ("erDiagram\nstyle {\n  int id PK\n}", "mermaid.reserved_word", 2),
        ("erDiagram\nA ||--o{ class : has\nA", "mermaid.reserved_word", 2),
        ("erDiagram\nA {\n  int id PK,\n  string name\n}", "er.attribute_end", 3),
        ("erDiagram\nA {\n  int id PK;\n}", "er.attribute_end", 3),
        ("erDiagram\nA ||--o{ B : has;\nB", "er.semicolon", 2),
        ("erDiagram\na[A] ||--o{ B : has", "er.alias_in_relation", 2),
        ("erDiagram\nA ||--o{ B :\nB", "er.no_label", 2),
        ("sequenceDiagram\n[the diagram]", "mermaid.placeholder", 2),
        ("sequenceDiagram\nA->B->C: x", "mermaid.several_arrows", 2),
        ("erDiagram\nA ||--o{ B : x\nThis shows a relation.", "er.entity_name", 3),
    ],
)
def test_mistakes_are_named_with_their_line_and_what_to_do(text: str, code: str, line: int | None) -> None:
    (problem,) = errors(text)
    assert (problem.code, problem.line) == (code, line)
    assert problem.hint
    assert "ATTRIBUTE" not in problem.message
    assert "Expecting" not in problem.message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("erDiagram\nA ||--o{ B has many", '`A ||--o{ B : "has many"`'),
        ("erDiagram\nA {\n  id: int\n}", "`int id`"),
        ("erDiagram\ntitle Our shop\nA ||--o{ B : has", "`title: …`"),
    ],
)
def test_the_advice_is_the_line_that_was_meant(text: str, line: str) -> None:
    assert line in errors(text)[0].hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sequenceDiagram\nparticipant A\nA->>Bob: x", "sequence.undeclared_participant"),
        ("sequenceDiagram\nA->>+B: x", "sequence.left_active"),
        ("sequenceDiagram\nA->>B: issue #5 is open", "sequence.text_cut"),
        ("erDiagram\nA {\n  id uuid\n}", "er.swapped_type"),
        ("erDiagram\nA {\n  int x\n  int x\n}", "er.attribute_twice"),
        ("erDiagram\nA {\n  int x\n}\nA {\n  int y\n}", "er.entity_twice"),
        ("erDiagram\nshop.Item {\n  int x\n}", "er.dotted_name"),
    ],
)
def test_what_parses_but_is_doubtful_is_a_warning(text: str, code: str) -> None:
    assert code in codes(text)
    assert parse(text).valid


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("---\ntitle: x\n---\nsequenceDiagram\nA->>B: x", "mermaid.refused.front_matter", 1),
        ('%%{init: {"theme": "dark"}}%%\nsequenceDiagram\nA->>B: x', "mermaid.refused.directive", 1),
        ("sequenceDiagram\nA->>B: x\nlink A: Wiki @ https://x.example", "mermaid.refused.interaction", 3),
        ("sequenceDiagram\nA->>B: <img src=x onerror=alert(1)>", "mermaid.refused.html", 2),
        ("sequenceDiagram\nA->>B: <script>x</script>", "mermaid.refused.html", 2),
        ("sequenceDiagram\nA->>B: javascript:alert(1)", "mermaid.refused.script", 2),
        ("sequenceDiagram\nA->>B: pays $$5$$ now", "mermaid.refused.math", 2),
        ('erDiagram\nA ||--o{ B : "costs $$x^2$$"', "mermaid.refused.math", 2),
        ("sequenceDiagram\nparticipant A;link A: x @ https://x.example\nA->>A: x", "mermaid.refused.interaction", 2),
    ],
)
def test_more_than_a_picture_is_refused_where_it_stands(text: str, code: str, line: int) -> None:
    assert (code, line) in {(problem.code, problem.line) for problem in errors(text)}


def test_line_breaks_types_and_entities_named_like_links_are_not_refused() -> None:
    assert parse("sequenceDiagram\nA->>B: find(): Promise<Object>, List<Map>, GET /items/<id>").valid
    assert parse("sequenceDiagram\nA->>B: one<br/>two<br>three").valid
    assert parse('erDiagram\nLINK ||--o{ CLICK : "x"\nLINK {\n  int id\n}').valid


def test_what_is_refused_does_not_hide_the_other_problems() -> None:
    found = codes("%%{init: {}}%%\nsequenceDiagram\nA->>B: a; b\nB->>A: c")
    assert found == ["mermaid.refused.directive", "mermaid.semicolon"]


@pytest.mark.parametrize(
    "text",
    [
        "sequenceDiagram\n" + "A->>B: x\n" * 6_000,
        "sequenceDiagram\n" + "\n" * 2_500,
        "sequenceDiagram\nA->>B: " + "x" * 5_000,
        "sequenceDiagram\n" + "alt x\n" * 60 + "end\n" * 60,
    ],
)
def test_oversized_texts_are_refused_before_they_are_read(text: str) -> None:
    assert codes(text) == ["mermaid.too_large"]


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "sequenceDiagram\n\u2028A->>B: \ud800", "erDiagram\n\u202e{", "%%", "---"]
)
def test_strange_characters_are_problems_and_never_exceptions(text: str) -> None:
    assert isinstance(parse(text).problems, tuple)


def test_a_broken_text_is_marked_at_its_semicolon() -> None:
    (problem,) = errors("sequenceDiagram\nA->>B: a #35; b; c\nB->>A: d")
    assert (problem.line, problem.column) == (2, 16)


def test_windows_line_ends_do_not_move_lines() -> None:
    assert errors("sequenceDiagram\r\nA->>B: x\r\nA->>B: a; b\r\nA->>B: y")[0].line == 3


def test_many_threads_get_their_own_answers() -> None:
    def told(number: int) -> bool:
        sequence = parse(f"sequenceDiagram\nA->>B: message {number}").sequence
        return sequence is not None and sequence.messages[0].text == f"message {number}"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(told, range(80)))


def test_a_forked_child_reads_even_when_the_parent_was_reading() -> None:
    grammar = mermaid_grammar.GRAMMARS[True]
    grammar.parse("erDiagram\nA")
    with grammar._lock:  # as if another thread were in the middle of a text
        child = os.fork()
        if child == 0:
            os._exit(0 if grammar.parse("erDiagram\nA")["ok"] else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_text_that_costs_too_much_is_stopped_and_the_next_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    grammar = Grammar()
    grammar.parse("erDiagram\nA")
    monkeypatch.setattr(mermaid_grammar, "CPU_SECONDS", 0.002)
    with pytest.raises(GrammarStopped):
        grammar.parse("sequenceDiagram\n" + "A->>B: x\n" * 2_000)
    monkeypatch.undo()
    assert grammar.parse("erDiagram\nA")["ok"]


@pytest.mark.parametrize("name", ["mermaid-grammar.js", "mermaid-grammar-more.js"])
def test_each_bundle_is_the_one_that_the_version_file_names(name: str) -> None:
    folder = files("designchord.notation") / "vendor" / "mermaid"
    digest = sha256((folder / name).read_bytes()).hexdigest()
    assert f"{digest}  {name}" in (folder / "VERSION").read_text()


def test_all_valid_diagrams_of_the_corpus_are_valid_or_refused(corpus: Corpus) -> None:
    for record in corpus("mermaid_ok"):
        assert all(problem.code.startswith("mermaid.refused.") for problem in errors(record["text"])), record["id"]


def test_all_broken_diagrams_of_the_corpus_are_broken_at_a_line_with_a_hint(corpus: Corpus) -> None:
    for record in corpus("mermaid_bad"):
        found = errors(record["text"])
        assert found, record["id"]
        assert all(problem.line and problem.hint for problem in found), record["id"]


def test_all_silently_wrong_diagrams_of_the_corpus_have_a_problem(corpus: Corpus) -> None:
    for record in corpus("mermaid_silent"):
        assert parse(record["text"]).problems, record["id"]
