"""What is said about a diagram holds in its picture: boxes, lanes and texts are the model's, or a problem says so."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from designchord.notation.mermaid import FAMILIES, Family, parse
from tests.acceptance.pages.drawing import Drawer

pytestmark = pytest.mark.browser

S, E = "sequenceDiagram\n", "erDiagram\n"
#: Errors after which Mermaid draws nothing, or a picture in which something is missing.
NOT_DRAWN = {"sequence.empty_block", "sequence.unknown_activation", "sequence.participant_type"}


@pytest.fixture(scope="module")
def drawer(browser: Browser) -> Iterator[Drawer]:
    drawer = Drawer(browser)
    yield drawer
    drawer.close()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_script_of_exported_files_draws_every_family(family: Family, drawer: Drawer) -> None:
    picture = drawer.draw(family.sample)
    assert picture is not None
    assert picture.whole
    assert ">A<" in picture.svg


@pytest.mark.parametrize(
    "text",
    [
        E + "Author ||--o{ Book : writes a book",
        E + 'Author ||--o{ Book : "the "old" one"',
        E + "accDescr What authors write\nAuthor ||--o{ Book : writes",
        E + "direction RIGHT\nAuthor ||--o{ Book : writes",
        E + 'note for Book "seldom"\nAuthor ||--o{ Book : writes',
        E + 'Book as "A printed book" {\n  int id PK\n}',
        E + 'Author ||--o{ Book : "in direction LR"\nPage',
        E + "Book ||--o{ Page : has\nBOOK {\n  int id PK\n}",
        E + "State {\n  OPEN\n  CLOSED\n}",
        E + "Book { int id PK\n  string title }\nBook ||--o{ Page : has",
        E + '"shop.book" ||--o{ Page : has',
        E + "accDescr {\n  What an author writes\n}\nAuthor ||--o{ Book : writes",
    ],
)
def test_the_entities_of_the_model_are_the_boxes_of_the_picture(text: str, drawer: Drawer) -> None:
    er, picture = parse(text).er, drawer.draw(text)
    assert er is not None
    assert picture is not None
    assert sorted(picture.boxes) == sorted(entity.label.strip() for entity in er.entities)
    assert list(picture.labels) == [relation.label.strip() for relation in er.relationships]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (S + "A->>B: x %% said twice", "x %% said twice"),
        (S + "participant A as Anna %% a person\nA->>A: x", "Anna %% a person"),
        (S + "box Ours %% inside\nparticipant A\nend\nA->>A: x", "Ours %% inside"),
        (S + "rect lightblu\nA->>A: x\nend", 'fill="lightblu"'),
    ],
)
def test_what_is_said_to_be_shown_is_shown(text: str, shown: str, drawer: Drawer) -> None:
    picture = drawer.draw(text)
    assert picture is not None
    assert shown in picture.svg


def test_a_destroyed_participant_goes_only_when_a_message_follows_at_once(drawer: Drawer) -> None:
    gone = drawer.draw(S + "A->>B: x\ndestroy B\nB-xA: bye")
    stays = drawer.draw(S + "A->>B: x\ndestroy B\nopt y\nB-xA: bye\nend")
    assert gone is not None
    assert stays is not None
    assert len(set(gone.ends)) == 2
    assert len(set(stays.ends)) == 1


@pytest.mark.parametrize("seed", range(8))
def test_sequence_diagrams_without_an_error_are_drawn_whole_and_the_others_are_not(seed: int, drawer: Drawer) -> None:
    made = random.Random(seed)
    for _ in range(40):
        text = S + "\n".join(line for _ in range(made.randint(1, 4)) for line in _statement(made, 0))
        diagram, picture = parse(text), drawer.draw(text)
        if diagram.sequence is None:
            assert picture is None, text
            continue
        lanes = {participant.label for participant in diagram.sequence.participants}
        drawn = picture is not None and picture.whole and picture.lanes == lanes
        assert drawn == (not NOT_DRAWN & {problem.code for problem in diagram.problems}), text


def _statement(made: random.Random, depth: int) -> list[str]:
    """A statement, or a block with some."""
    if depth < 3 and made.random() < 0.35:
        word, branch = made.choice(
            [
                *(("loop x", ""), ("opt x", ""), ("break x", ""), ("rect rgb(1,2,3)", "")),
                *(("alt x", "else y"), ("par x", "and y"), ("critical x", "option y"), ("par_over x", "and y")),
            ]
        )
        lines = [word, *_body(made, depth)]
        if branch and made.random() < 0.5:
            lines += [branch, *_body(made, depth)]
        return [*lines, "end"]
    one, other, new = made.choice("ABC"), made.choice("ABC"), made.choice("DE")
    return [
        made.choice(
            [
                f"{one}->>{other}: text",
                f"{one}-->>{other}: text",
                f"{one}->>+{other}: text",
                f"{one}-->>-{other}: text",
                f"Note over {one},{other}: text",
                f"Note right of {one}: text",
                f"activate {one}",
                f"deactivate {one}",
                f"actor {one} as Name",
                f"create participant {new}",
                f"{one}->>{new}: text",
                f"destroy {one}",
                "autonumber",
                f'participant {new}@{{"type": "{made.choice(["database", "queue", "table"])}"}}',
            ]
        )
    ]


def _body(made: random.Random, depth: int) -> list[str]:
    return [line for _ in range(made.choice([0, 0, 1, 1, 2])) for line in _statement(made, depth + 1)]
