"""Repairs: what can be mended without guessing is mended, what is right is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from designchord.notation.mermaid import parse
from designchord.notation.mermaid.families.er.fixes import fix as fix_er
from designchord.notation.mermaid.families.sequence.fixes import fix as fix_sequence

Corpus = Callable[[str], list[dict[str, Any]]]
S, E = "sequenceDiagram\n", "erDiagram\n"


@pytest.mark.parametrize(
    ("broken", "right", "code"),
    [
        ("A->>B: a; b\nB->>A: c", "A->>B: a#59; b\nB->>A: c", "mermaid.semicolon"),
        ("Note over A: a; b\nA->>B: c", "Note over A: a#59; b\nA->>B: c", "mermaid.semicolon"),
        ("A->>B: &lt;x&gt; y", "A->>B: #lt;x#gt; y", "mermaid.html_entity"),
        ("A-&gt;&gt;B: x", "A->>B: x", "mermaid.html_entity"),
        ("A → B: x", "A->>B: x", "sequence.arrow"),
        (
            "participant End as 끝\nA->>End: x\nEnd-->>A: y",
            "participant End_ as 끝\nA->>End_: x\nEnd_-->>A: y",
            "sequence.participant_id",
        ),
        ("A->>Create: x", "participant Create_ as Create\nA->>Create_: x", "sequence.participant_id"),
        ("opt a\nA->>B: x\nelse b\nA->>B: y\nend", "alt a\nA->>B: x\nelse b\nA->>B: y\nend", "sequence.branch"),
        ("par a\nA->>B: x\nelse b\nA->>B: y\nend", "par a\nA->>B: x\nand b\nA->>B: y\nend", "sequence.branch"),
        ("loop a\n  A->>B: x\nB->>A: y", "loop a\n  A->>B: x\nend\nB->>A: y", "sequence.unclosed_block"),
        ("A->>B: x\nend", "A->>B: x", "sequence.stray_end"),
        ("A->>B: x\nB-->>-A: y", "A->>B: x\nB-->>A: y", "sequence.deactivated_inactive"),
        ("A->>B: x\nwith more\nB->>A: y", "A->>B: x<br/>with more\nB->>A: y", "sequence.text_lines"),
        ("Note over A,B,C: x\nA->>B: y", "Note over A,C: x\nA->>B: y", "sequence.note"),
        ("A->>B: x\nB->>", "A->>B: x", "mermaid.cut_line"),
        ("A->>B: <b>x</b>", "A->>B: x", "mermaid.html"),
        ("A->>B: pays $$5$$ now", "A->>B: pays #36;#36;5#36;#36; now", "mermaid.refused.math"),
        ("A->>B： x", "A->>B: x", "mermaid.full_width"),
        ('participant "Our shop" as S\nS->>A: x', "participant S as Our shop\nS->>A: x", "sequence.participant_id"),
    ],
)
def test_sequence_diagrams_are_mended_by_their_cause(broken: str, right: str, code: str) -> None:
    fixed, fixes = fix_sequence(S + broken)
    assert fixed == S + right
    assert code in [fix.code for fix in fixes]
    assert parse(fixed).valid


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("A {\n  id PK\n}", "A {\n  string id PK\n}"),
        ("A {\n  int id PK FK\n}", "A {\n  int id PK, FK\n}"),
        ("A {\n  string x NOT NULL\n}", 'A {\n  string x "NOT NULL"\n}'),
        ("A {\n  string x UNIQUE\n}", "A {\n  string x UK\n}"),
        ("A {\n  decimal(10, 2) x\n}", "A {\n  decimal(10,2) x\n}"),
        ("A {\n  enum('a','b') x\n}", 'A {\n  enum x "a, b"\n}'),
        ('A {\n  string x "c" PK\n}', 'A {\n  string x PK "c"\n}'),
        ("A {\n  x: int\n}", "A {\n  int x\n}"),
        ("A {\n  int 50\n}", "A {\n  int _50\n}"),
        ("A { int x PK, int y }", "A {\n    int x PK\n    int y\n}"),
        ("A ||--<{ B : x", "A ||--o{ B : x"),
        ("A ||—o{ B : x", "A ||--o{ B : x"),
        ('A "1" -- "0..*" B : x', "A ||--o{ B : x"),
        ("A ||--o{ B", 'A ||--o{ B : ""'),
        ("A ||--o{ B : has many", 'A ||--o{ B : "has many"'),
        ("Order Item {\n  int x\n}", '"Order Item" {\n  int x\n}'),
        ("A {\n  int x\nB {\n  int y\n}", "A {\n  int x\n}\nB {\n  int y\n}"),
        ("A {\n  int x\n}\n}", "A {\n  int x\n}"),
    ],
)
def test_er_diagrams_are_mended_by_their_cause(broken: str, right: str) -> None:
    fixed, fixes = fix_er(E + broken)
    assert fixed == E + right
    assert fixes
    assert parse(fixed).valid


def test_fences_prose_and_what_is_refused_go() -> None:
    text = "Here:\n```mermaid\n%%{init: {}}%%\nsequenceDiagram\nA->>B: x\n```\nHope it helps!"
    fixed, fixes = fix_sequence(text)
    assert fixed == "sequenceDiagram\nA->>B: x"
    assert {fix.code for fix in fixes} == {"mermaid.fence", "mermaid.refused.directive"}


def test_a_missing_header_is_added_and_a_misspelt_one_corrected() -> None:
    assert fix_sequence("A->>B: x\nB-->>A: y")[0] == "sequenceDiagram\nA->>B: x\nB-->>A: y"
    assert fix_er("er diagram\nA ||--o{ B : x")[0] == "erDiagram\nA ||--o{ B : x"


def test_fixes_say_the_line_of_the_given_text() -> None:
    _, fixes = fix_sequence(S + "end\nA->>B: x\nA->>B: a; b\nA->>B: c")
    assert [(fix.code, fix.line) for fix in fixes] == [("mermaid.semicolon", 4), ("sequence.stray_end", 2)]


def test_two_statements_on_one_line_are_left_alone() -> None:
    text = S + "A->>B: x; B->>A: y\nend"
    assert fix_sequence(text)[0] == S + "A->>B: x; B->>A: y"


@pytest.mark.parametrize("text", ["", "nothing here", S + "[a diagram]", E + "...", S + "A->>B: " + "x" * 60_000])
def test_what_is_no_diagram_stays_as_it_is(text: str) -> None:
    for fix in (fix_sequence, fix_er):
        assert not parse(fix(text)[0]).valid


def test_valid_diagrams_of_the_corpus_stay_byte_for_byte(corpus: Corpus) -> None:
    for record in corpus("mermaid_ok"):
        if parse(record["text"]).valid:
            for fix in (fix_sequence, fix_er):
                assert fix(record["text"]) == (record["text"], ()), record["id"]


def test_most_broken_diagrams_of_the_corpus_are_mended(corpus: Corpus) -> None:
    records = [r for r in corpus("mermaid_bad") if r["label"]["error_class"] != "TEMPLATE_PLACEHOLDER"]
    mended = [
        record["id"]
        for record in records
        if parse((fix_sequence if "sequence" in record["label"]["kind"] else fix_er)(record["text"])[0]).valid
    ]
    assert len(mended) >= 0.7 * len(records)
