"""Repairs guess nothing: a mended diagram says what it said, but for the line of the fault; a valid one stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designchord.notation.mermaid import EntityRelations, Sequence, parse
from designchord.notation.mermaid.families.er.fixes import fix as fix_er
from designchord.notation.mermaid.families.sequence.fixes import fix as fix_sequence

NAMES = ("Author", "Book", "Page", "작가", "line_item", "Copy")
WORDS = st.sampled_from(["writes", "has", '"has many"', '"쓴다"', '""', '"a;b"'])
TYPES = st.sampled_from(["int", "string", "uuid", "decimal(10,2)", "list~string~", "Money"])
ATTRIBUTES = st.sampled_from(["id", "name", "price", "created_at", "이름"])


@st.composite
def attribute_lines(draw: st.DrawFn) -> list[str]:
    names = draw(st.lists(ATTRIBUTES, unique=True, min_size=1, max_size=3))
    ends = st.sampled_from(["", " PK", " PK, FK", ' UK "a remark"', ' "not null"'])
    return [f"{draw(TYPES)} {name}{draw(ends)}" for name in names]


@st.composite
def er_statements(draw: st.DrawFn) -> list[list[str]]:
    """Statements of a valid ER diagram, each some lines, in all the ways in which Mermaid reads them."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=2, max_size=4))
    statements = []
    for name in names:
        lines = draw(attribute_lines())
        opening = draw(st.sampled_from([f"{name} {{", f'{name}["The {name}"] {{', f"{name}:::hot {{"]))
        statements.append(
            draw(
                st.sampled_from(
                    [
                        [opening, *(f"  {line}" for line in lines), "}"],
                        [opening, *lines[:-1], f"  {lines[-1]} }}"],
                        [f"{opening} {lines[0]}", *lines[1:], "}"],
                        [f"{opening} {' '.join(lines)} }}"],
                        [name],
                    ]
                )
            )
        )
    ends = st.sampled_from(["||--o{", "}o..||", "|o--|{", "one to many", "}|..|{"])
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), ends, st.sampled_from(names), WORDS), max_size=3))
    statements += [[f"{source} {end} {target} : {label}"] for source, end, target, label in pairs]
    extras = [
        ["direction LR"],
        ["accDescr {", "  What an author writes", "}"],
        ["%% a remark"],
        ["classDef hot fill:#f00"],
    ]
    statements += draw(st.lists(st.sampled_from(extras), unique_by=tuple, max_size=2))
    return draw(st.permutations(statements))


ER_FAULTS: dict[str, list[str]] = {
    "a label of several words": ["Writer ||--o{ Work : writes many works"],
    "a relation without its colon": [
        "Writer {",
        "  int id PK",
        "}",
        "Work {",
        "  int id PK",
        "}",
        "Writer ||--o{ Work writes many",
    ],
    "a relation without its colon, of unknown ends": ["Writer ||--o{ Work writes many"],
    "a constraint": ["Work {", "  string title NOT NULL", "}"],
    "two keys": ["Work {", "  int id PK FK", "}"],
    "a space in a type": ["Work {", "  decimal(10, 2) price", "}"],
    "values of an enumeration": ["Work_Status {", "  OPEN", "  CLOSED", "  LOST", "}"],
    "a template": ["{ENTITY} {", "  int id PK", "}"],
    "a class in a relation": ["Writer ||--o{ Work:::hot : writes many works"],
    "a semicolon": ["Writer ||--o{ Work : writes;"],
    "an alias in a relation": ["w[Writer] ||--o{ k[Work] : writes"],
    "quotes in a label": ['Writer ||--o{ Work : "the "old" works"'],
    "a stray brace": ["}"],
    "prose": ["This shows the works, of course."],
    "a comma": ["Work {", "  int id PK,", "  string title", "}"],
}


def entities(er: EntityRelations) -> dict[str, list[tuple[str, str, tuple[str, ...], str]]]:
    return {
        entity.name: [(one.name, one.type, one.keys, one.comment) for one in entity.attributes]
        for entity in er.entities
    }


@pytest.mark.parametrize("fault", ER_FAULTS)
@settings(max_examples=25)
@given(statements=er_statements(), data=st.data())
def test_a_mended_er_diagram_says_what_it_said(fault: str, statements: list[list[str]], data: st.DataObject) -> None:
    right = parse("\n".join(["erDiagram", *(line for lines in statements for line in lines)]))
    assert right.er is not None
    at = data.draw(st.integers(0, len(statements)))
    broken_lines = [*statements[:at], ER_FAULTS[fault], *statements[at:]]
    broken = "\n".join(["erDiagram", *(line for lines in broken_lines for line in lines)])
    mended, fixes = fix_er(broken)
    if mended == broken:
        assert not fixes
        return
    er = parse(mended).er
    assert er is not None
    assert parse(mended).valid
    words = " ".join(ER_FAULTS[fault])
    before, after = entities(right.er), entities(er)
    assert {name: after.get(name) for name in before} == before
    invented = {name for name in after if name not in before}
    assert invented <= {"Writer", "Work"}, f"{invented} came of {words!r}"
    relations = [(one.source, one.target, one.source_end, one.target_end, one.label) for one in er.relationships]
    for one in right.er.relationships:
        relations.remove((one.source, one.target, one.source_end, one.target_end, one.label))
    assert [(source, target) for source, target, *_ in relations] in ([], [("Writer", "Work")])
    for *_, label in relations:
        assert " ".join(label.split()) in words.replace('"', "'"), "a label is words of its line"


@st.composite
def sequence_statements(draw: st.DrawFn, depth: int = 0) -> list[list[str]]:
    """Statements of a valid sequence diagram among A, B and C."""
    who = st.sampled_from("ABC")
    text = st.sampled_from(["asks", "POST /loans", "대여 신청", "a#59; b", "said: so", "", "100 %"])
    statements: list[list[str]] = []
    for _ in range(draw(st.integers(1, 3))):
        if depth < 2 and draw(st.booleans()):
            word, branch = draw(
                st.sampled_from([("alt x", "else y"), ("par x", "and y"), ("opt x", ""), ("loop x", "")])
            )
            inner = [f"  {line}" for lines in draw(sequence_statements(depth + 1)) for line in lines]
            second = [f"  {line}" for lines in draw(sequence_statements(depth + 1)) for line in lines]
            statements.append([word, *inner, *([branch, *second] if branch else []), "end"])
        else:
            arrow = draw(st.sampled_from(["->>", "-->>", "-)", "-x", "<<->>"]))
            line = f"{draw(who)}{arrow}{draw(who)}: {draw(text)}"
            note = f"Note over {draw(who)},{draw(who)}: {draw(text)}"
            statements.append([draw(st.sampled_from([line, line, note, "%% a remark", "autonumber"]))])
    return statements


SEQUENCE_FAULTS: dict[str, list[str]] = {
    "a semicolon": ["A->>B: first; then"],
    "an end too many": ["end"],
    "a block without its end": ["loop often", "  A->>B: again"],
    "a message without its colon": ["A->>B asks again"],
    "a message without a text": ["A->>B"],
    "a label in front of the id": ['participant "Ticket kiosk" as K', "K->>A: x", "A->>B: a; b"],
    "a label in front of an id that nobody uses": ['participant "Ticket kiosk" as K', "A->>B: a; b"],
    "a word of the notation as a name": ["A->>End: over"],
    "a full-width colon": ["A->>B：asks"],
    "another arrow": ["A → B: asks"],
    "prose": ["Alice Bob"],
    "a template": ["{NAME}->>: {TEXT}"],
    "a branch of another block": ["par x", "  A->>B: one", "else y", "  A->>B: two", "end"],
}


def lanes(sequence: Sequence) -> set[str]:
    return {participant.label for participant in sequence.participants}


def messages(sequence: Sequence) -> list[tuple[str, str, str, str]]:
    return [(one.source, one.target, one.arrow, one.text) for one in sequence.messages]


@pytest.mark.parametrize("fault", SEQUENCE_FAULTS)
@settings(max_examples=25)
@given(statements=sequence_statements(), data=st.data())
def test_a_mended_sequence_diagram_says_what_it_said(
    fault: str, statements: list[list[str]], data: st.DataObject
) -> None:
    head = ["sequenceDiagram", "participant A", "participant B", "participant C"]
    right = parse("\n".join([*head, *(line for lines in statements for line in lines)])).sequence
    assert right is not None
    at = data.draw(st.integers(0, len(statements)))
    broken_lines = [*statements[:at], SEQUENCE_FAULTS[fault], *statements[at:]]
    broken = "\n".join([*head, *(line for lines in broken_lines for line in lines)])
    mended, fixes = fix_sequence(broken)
    if mended == broken:
        assert not fixes
        return
    assert parse(mended).valid
    sequence = parse(mended).sequence
    assert sequence is not None
    assert lanes(sequence) - lanes(right) <= {"Ticket kiosk", "End"}
    left = messages(sequence)
    for message in messages(right):
        # a line of prose goes on with the text of the message before it
        same = next(
            (one for one in left if one[:3] == message[:3] and one[3].removesuffix("<br/>Alice Bob") == message[3]),
            None,
        )
        assert same is not None, message
        left.remove(same)
    assert len(left) <= len(SEQUENCE_FAULTS[fault])
    assert {end for one in left for end in one[:2]} <= {"A", "B", "K", "End_"}


@pytest.mark.parametrize("fix", [fix_er, fix_sequence])
@settings(max_examples=40)
@given(
    statements=st.one_of(
        er_statements().map(lambda lines: ("erDiagram", lines)),
        sequence_statements().map(lambda lines: ("sequenceDiagram", lines)),
    )
)
def test_a_valid_diagram_stays_byte_for_byte(
    fix: Callable[[str], tuple[str, tuple[object, ...]]], statements: tuple[str, list[list[str]]]
) -> None:
    header, lines = statements
    text = "\n".join([header, *(line for each in lines for line in each)])
    if parse(text).valid and (fix is fix_er) == (header == "erDiagram"):
        assert fix(text) == (text, ())
