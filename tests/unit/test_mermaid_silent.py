"""What Mermaid reads and draws otherwise than it was written, and what is legal and no fault at all."""

from __future__ import annotations

import pytest

from designchord.kinds.erd.kind import ErdKind
from designchord.kinds.sequence.kind import SequenceKind
from designchord.notation.mermaid import header, parse

S, E = "sequenceDiagram\n", "erDiagram\n"


def found(text: str) -> list[tuple[str, str, int | None]]:
    return [(problem.severity, problem.code, problem.line) for problem in parse(text).problems]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (E + "Author ||--o{ Book : writes a long book", "er.loose_words", 2),
        (E + 'Author ||--o{ Book : "writes" daily\nBook ||--|| Isbn : has', "er.loose_words", 2),
        (E + 'Author ||--o{ Book : "the "old" one"', "er.loose_words", 2),
        (E + "작가 ||--o{ 책 : 책을 여러 권 쓴다", "er.loose_words", 2),
        (E + 'Author ||--o{ Book : "in direction LR"\nBook', "er.direction", 2),
        (E + "accDescr What authors write\nAuthor ||--o{ Book : writes", "er.entity_name", 2),
        (E + "direction RIGHT\nAuthor ||--o{ Book : writes", "er.entity_name", 2),
        (E + 'note "seldom"\nAuthor ||--o{ Book : writes', "er.entity_name", 2),
        (E + 'Book as "A printed book" {\n  int id PK\n}', "er.entity_name", 2),
        (E + "Printed Book {\n  int id PK\n}", "er.entity_name", 2),
        (E + "Book {\n  int\n  string title\n  int\n}", "er.attribute_shift", 3),
        (E + "State {\n  OPEN\n  CLOSED\n}", "er.attribute_shift", 3),
        (E + "Book {\n  string title NOT NULL\n}", "er.attribute_shift", 3),
        (E + "Book { string title NOT NULL }", "er.attribute_shift", 2),
        (
            S + "participant B as Bank\nA->>B: x\nactivate Bank\nA->>B: y\ndeactivate Bank",
            "sequence.unknown_activation",
            4,
        ),
        (S + 'participant "Our shop" as S\nS->>S: x', "sequence.label_first", 2),
        (S + 'actor "User" as U\nU->>U: x', "sequence.label_first", 2),
        (S + "A->>B: x\nloop often\nend", "sequence.empty_block", 3),
        (S + "A->>B: x\nalt y\nparticipant C\nelse z\nend", "sequence.empty_block", 3),
        (S + "A->>B: x\nopt y\nactivate B\nend\ndeactivate B", "sequence.empty_block", 3),
        (S + 'participant D@{"type": "table"}\nA->>D: x', "sequence.participant_type", 2),
    ],
)
def test_what_is_drawn_wrongly_is_an_error(text: str, code: str, line: int) -> None:
    assert ("error", code, line) in found(text)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (E + "Book ||--o{ Page : has\nBOOK {\n  int id PK\n}", "er.similar_names", 3),
        (E + "Book ||--o{ LineItem : has\nline_item {\n  int id PK\n}", "er.similar_names", 3),
        (E + "Book ||--o{ Copy : has\nCopies {\n  int id PK\n}", "er.similar_names", 3),
        (E + 'Author["A"] Book', "er.entity_name", 2),
        (E + "Caf\u00e9 ||--o{ Book : has\nCafe\u0301 {\n  int id PK\n}", "er.similar_names", 3),
        (S + "participant A\nparticipant B\nA->>B\u200b: x", "mermaid.invisible_characters", 4),
        (S + "participant Caf\u00e9\nparticipant B\nB->>Cafe\u0301: x", "mermaid.invisible_characters", 4),
        (S + "A->>B: x %% said twice", "sequence.comment_in_text", 2),
        (S + "box Ours %% inside\nparticipant A\nend\nA->>A: x", "sequence.comment_in_text", 2),
        (S + "participant A as Anna %% a person\nA->>A: x", "sequence.comment_in_text", 2),
        (S + "rect lightblu\nA->>A: x\nend", "sequence.colour", 2),
        (S + "rect\nA->>A: x\nend", "sequence.colour", 2),
        (S + "A->>B: x\ndestroy B\nalt y\nB->>A: z\nend", "sequence.destroyed_without_message", 3),
        (S + "A->>B: x\ndestroy B\nNote over B: bye\nB->>A: z", "sequence.destroyed_without_message", 3),
        (S + "create participant B\nopt y\nA->>B: z\nend", "sequence.created_without_message", 2),
        (S + "participant A", "sequence.empty", 1),
        (E.strip(), "er.empty", 1),
    ],
)
def test_what_is_drawn_but_hardly_meant_is_a_warning(text: str, code: str, line: int) -> None:
    assert ("warning", code, line) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        E + "Book {\n  int id PK\n  string title }\nBook ||--o{ Page : has",
        E + "Book { int id PK\n  string title\n}\nBook ||--o{ Page : has",
        E + "Book { int id PK string title }",
        E + "Book { Money price Colour colour }",
        E + "accDescr {\n  What an author writes\n  and sells\n}\nAuthor ||--o{ Book : writes",
        E + "accTitle: What an author writes\nAuthor ||--o{ Book : writes",
        E + "direction LR\nAuthor ||--o{ Book : writes",
        E + '"shop.book" {\n  int id PK\n}',
        E + "Book {\n  int id PK\n}\nBooking {\n  int id PK\n}",
        E + "Author\nBook",
        E + 'Author {\n  string name "direction LR"\n}',
        E + "accDescr: from left, direction LR\nAuthor",
        S + "rect rgb(200, 220, 250)\nA->>A: x\nend\nrect hsl(120, 50%, 50%)\nA->>A: x\nend",
        S + "rect PapayaWhip\nA->>A: x\nend",
        S + "loop x\nNote over A: waits\nend",
        S + "A->>B: x\nalt y\nB->>A: ok\nelse z\nend",
        S + "participant A\ncreate participant B\nA->>B: x\ndestroy B\nB-xA: bye",
        S + 'participant D@{"type": "database"}\nA->>D: 100%% sure?'.replace("A->>D", "D->>D"),
        "---\ntitle: Writing\nconfig:\n  theme: forest\n---\n" + S + "A->>B: x",
        "\n---\ntitle: Writing\n---\n" + S + "A->>B: x",
        "  ---\n  title: Writing\n  ---\n  " + S + "  A->>B: x",
        '%%{init: {"theme": "neutral"}}%%\n' + S + "A->>B: x",
        "%%{init: {'theme': 'neutral'}}%%\n%%{wrap}%%\n" + S + "A->>B: x",
        '%%{\n  init: {\n    "theme": "dark"\n  }\n}%%\n' + S + "A->>B: x",
    ],
)
def test_what_is_legal_and_drawn_as_meant_is_no_fault(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("---\ntitle: a: b\n---\n" + S + "A->>B: x", "mermaid.front_matter", 2),
        ("---\nconfig:\n  - a\n b: c\n---\n" + S + "A->>B: x", "mermaid.front_matter", 4),
        ("---\ntitle: a\n" + S + "A->>B: x", "mermaid.front_matter", 1),
        ('%%{init: {"theme": "dark"}\n' + S + "A->>B: x", "mermaid.directive", 1),
        ('%%{init: {"theme": "dark"} %%\n' + S + "A->>B: x", "mermaid.directive", 1),
        ("%%{init: {theme: dark}}%%\n" + S + "A->>B: x", "mermaid.directive", 1),
        (S + "A->>B: x\n%%{ wrap\nB->>A: y", "mermaid.directive", 3),
    ],
)
def test_settings_that_are_broken_are_an_error_where_they_stand(text: str, code: str, line: int) -> None:
    assert found(text) == [("error", code, line)]


def test_problems_behind_front_matter_keep_their_lines() -> None:
    assert found("---\ntitle: x\n---\n\n" + S + "A->>B: x\nB->>A: a; b") == [("error", "mermaid.semicolon", 7)]
    model = parse("\n\n---\ntitle: x\n---\n" + S + "A->>B: x").sequence
    assert model is not None
    assert model.messages[0].line == 7


def test_the_header_is_found_behind_front_matter_directives_and_comments() -> None:
    assert header("---\ntitle: x\n---\n%%{wrap}%%\n%% a comment\nflowchart TD\nA-->B") == "flowchart"


@pytest.mark.parametrize("settings", ["---\ntitle: x\n---\n", '%%{init: {"theme": "dark"}}%%\n'])
def test_diagrams_of_designs_have_no_settings_of_their_own(settings: str) -> None:
    text = f"{settings}{S}A->>B: x"
    assert [problem.code.rpartition(".")[0] for problem in SequenceKind().check(text)] == ["mermaid.refused"]
    assert not parse(text).valid


def test_diagrams_of_designs_are_not_empty() -> None:
    assert [problem.severity for problem in SequenceKind().check(f"{S}participant A")] == ["error"]
    assert [problem.severity for problem in ErdKind().check(E)] == ["error"]
