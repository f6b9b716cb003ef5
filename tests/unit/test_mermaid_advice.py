"""What is said of a broken diagram names the cause, and the line that is advised works."""

from __future__ import annotations

import re

import pytest

from designchord.notation.mermaid import parse
from designchord.notation.problems import Problem

S, E = "sequenceDiagram\n", "erDiagram\n"
BLOCK = "erDiagram\nTree {\n"


def first(text: str) -> Problem:
    return parse(text).problems[0]


def advised(text: str) -> str:
    """The text with the line of its first problem as the hint has it."""
    problem = first(text)
    line = re.search(r"`([^`]+)`", problem.hint or "")
    assert line is not None, problem
    lines = text.split("\n")
    lines[(problem.line or 1) - 1] = line.group(1)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (E + "Tree ||--o{ Leaf : grows many", "er.label_quotes"),
        (E + "Tree ||--o{ Leaf : 'grows many leaves'", "er.label_quotes"),
        (E + "Tree ||--o{ Leaf : grows (1:N)", "er.label_quotes"),
        (E + "Tree ||--o{ Leaf : a tree's", "er.label_quotes"),
        (E + 'Tree ||--o{ Leaf : "grows" many', "er.label_quotes"),
        (E + 'Tree ||--o{ Leaf : "grows many', "er.label_quotes"),
        (E + "Tree\t||--o{\tLeaf\t:\tgrows\tmany", "er.label_quotes"),
        (E + "Tree ||--o{ Leaf : grows # in spring", "mermaid.comment"),
        (E + "Tree ||--o{ Leaf : grows %% in spring", "mermaid.comment"),
        (E + "Tree ||--o{ Leaf : 자란다 // 봄에", "mermaid.comment"),
        (E + "Tree ||--o{ Leaf : \u201cgrows many\u201d", "mermaid.full_width"),
        (E + "Tree \uff5c\uff5c--o{ Leaf \uff1a 育てる", "mermaid.full_width"),
        (E + "Tree ||\u2014o{ Leaf : grows", "mermaid.look_alike"),
        (E + 'Tree ||--o{ Leaf : "grows";', "er.semicolon"),
        (E + "Tree ||--o{ Leaf : grows; Leaf ||--o{ Vein : has;", "er.semicolon"),
        (E + "Tree {\n  int id\n};", "er.semicolon"),
        (E + "Tree(Big tree) {\n  int id\n}", "er.entity_name"),
        (BLOCK + "  double precision height\n}", "er.attribute"),
        (BLOCK + "  int id PK 번호\n}", "er.attribute"),
        (BLOCK + "  int id PK 'number'\n}", "er.attribute"),
        (BLOCK + "  PK int id\n}", "er.attribute"),
        (BLOCK + "  int id (PK)\n}", "er.attribute"),
        (BLOCK + "  varchar (20) name\n}", "er.attribute"),
        (BLOCK + "  List<String> tags\n}", "er.attribute"),
        (BLOCK + '  int id PK "number\n}', "er.attribute"),
        (BLOCK + "  int id; string name\n}", "er.attribute_end"),
        (BLOCK + '  int "first name"\n}', "er.attribute_name"),
        (S + "A\uff0d\uff1e\uff1eB: x", "mermaid.full_width"),
        (S + "가게->>은행\uff1a 결제", "mermaid.full_width"),
        (S + "A->>B+: x\ndeactivate B", "mermaid.syntax"),
        (S + "가게->>은행 결제 요청", "mermaid.no_text"),
        (S + "alt x\nA->>B: x\nelseif y\nA->>B: y\nend", "mermaid.no_statement"),
        (S + "if x\nA->>B: x\nend", "mermaid.no_statement"),
        (S + "while x\nA->>B: x\nend", "mermaid.no_statement"),
        (S + "loop x\nA->>B: x\nendloop", "mermaid.no_statement"),
        (S + "A->>B: x\nactivate B %% now\nB->>A: y\ndeactivate B", "sequence.comment_in_text"),
        ("sequenceDiagram:\nA->>B: x", "mermaid.header"),
        ("%{init: {'theme': 'dark'}}%\nsequenceDiagram\nA->>B: x", "mermaid.directive"),
    ],
)
def test_the_advised_line_works(text: str, code: str) -> None:
    assert first(text).code == code
    assert not [problem for problem in parse(advised(text)).problems if problem.severity == "error"]


@pytest.mark.parametrize(
    ("text", "code", "line", "words"),
    [
        (E + "A ||--o{ B : x\nA has many B", "er.cardinality", 3, "`many` is read as the end of a relation"),
        (E + "A ||==o{ B : x", "er.cardinality", 2, "ends"),
        (E + "A (Ay) ||--o{ B : x", "er.alias_in_relation", 2, "where the entity stands alone"),
        (E + "A ||--o{ B : x\nend", "mermaid.stray_end", 3, "`end` closes nothing"),
        (S + "alt x\nA->>B: x\nend alt\nA->>B: y", "mermaid.unclosed_block", 4, "`alt` begins another one"),
        (S + "A->>B: a &lt; b", "mermaid.semicolon", 2, "`#lt;` instead of `&lt;`"),
        ("---\n---\n" + S + "A->>B: x", "mermaid.front_matter", 1, "empty"),
        ("%% mine\n---\ntitle: x\n---\n" + S + "A->>B: x", "mermaid.front_matter", 2, "first line of the text"),
        ("----\ntitle: x\n----\n" + S + "A->>B: x", "mermaid.front_matter", 1, "`---` and nothing else"),
        ("---\ntitle: x\n ---\n" + S + "A->>B: x", "mermaid.front_matter", 1, "not indented"),
        ("---\nconfig:\n\ttheme: dark\n---\n" + S + "A->>B: x", "mermaid.front_matter", 3, "spaces"),
        ("---\ntitle: x\ntitle: y\n---\n" + S + "A->>B: x", "mermaid.front_matter", 3, "twice"),
        ("---\ntitle: [x\n---\n" + S + "A->>B: x", "mermaid.front_matter", 3, "bracket"),
        ("@startuml\nA -> B: x\n@enduml", "mermaid.wrong_type", 1, "PlantUML"),
    ],
)
def test_the_cause_is_named(text: str, code: str, line: int, words: str) -> None:
    problem = first(text)
    assert (problem.code, problem.line) == (code, line)
    assert words in f"{problem.message} {problem.hint}"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (E + "A \uff5b\n int id\n\uff5d", "er.entity_name", "`A {`"),
        (S + "participant A\nparticipant B\nNote over A\uff0cB: x\nA->>B: x", "mermaid.full_width", "`A,B`"),
        (S + "가게->>은행\uff1a 12:30 결제", "mermaid.full_width", "`은행: 12`"),
        (S + "participant A\nparticipant Big Bank\nA->>Big\u00a0Bank: x", "mermaid.invisible_characters", "`Big Bank`"),
        (S + "participant A\nparticipant Bank\nA->>\u0412ank: x", "mermaid.invisible_characters", "only look like"),
        (S + "participant Ticket kiosk as K\nparticipant B\nK->>B: x", "sequence.label_first", "K as Ticket kiosk"),
        (S + "A->>B: x\nlinks A: {Wiki: x}", "sequence.links", '{"Wiki"'),
        (S + "A->>B: x\nlink A: Wiki https://example.org", "sequence.links", " @ "),
        (E + "Tree {\n int id\n}\nTree\u200b ||--o{ Leaf : x", "er.similar_names", "does not see"),
        (E + "Person {\n int id\n}\nClub ||--o{ People : x", "er.similar_names", "number"),
        (E + "Child {\n int id\n}\nClub ||--o{ children : x", "er.similar_names", "number"),
        (E + "Index {\n int id\n}\nClub ||--o{ Indices : x", "er.similar_names", "number"),
        (E + "고객 {\n int id\n}\n가게 ||--o{ 고객들 : x", "er.similar_names", "number"),
        (E + "User ||--o{ Orders : x\nOrder ||--o{ Item : x", "er.similar_names", "number"),
    ],
)
def test_what_is_drawn_otherwise_is_told_with_its_cause(text: str, code: str, words: str) -> None:
    problems = parse(text).problems
    assert any(one.code == code and words in f"{one.message} {one.hint}" for one in problems)


def test_a_comment_behind_a_name_is_told_once_and_not_as_a_missing_declaration() -> None:
    text = S + "participant A %% ours\nparticipant B\nA->>B: x"
    assert [problem.code for problem in parse(text).problems] == ["sequence.comment_in_text"]


@pytest.mark.parametrize(
    "text",
    [
        E + "New {\n int id\n}\nNews {\n int id\n}\nNew ||--o{ News : x",
        S + 'A->>B: x\nlinks A: {"Wiki": "https://example.org"}\nlink B: Wiki @ https://example.org',
        S + "participant link\nlink->>B: properties: none",
        S + "A->>B: 注文\uff1a確定\uff08済み\uff09\nB->>A: \u201cyes\u201d",
    ],
)
def test_what_is_legal_is_not_told(text: str) -> None:
    assert not [one for one in parse(text).problems if one.code != "sequence.undeclared_participant"]


def test_a_directive_that_is_not_closed_leaves_the_diagram_where_mermaid_draws_it() -> None:
    between = parse(S + "%%{wrap}@%%\nA->>B: x")
    assert between.sequence is not None
    assert [problem.code for problem in between.problems] == ["mermaid.directive"]
    before = parse("%%{wrap}@%%\n" + S + "A->>B: x")
    assert [problem.code for problem in before.problems] == ["mermaid.directive"]
