"""The quick loops of the bundle say exactly what jison's own say: models, errors and places."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from designchord.notation.mermaid.grammar import Grammar

Corpus = Callable[[str], list[dict[str, Any]]]

QUICK, PLAIN = Grammar(), Grammar(plainly=True)

SEQUENCE = """sequenceDiagram
  %% a comment
  autonumber 10 5
  title: All that there is
  accTitle: a title
  accDescr {
    several
    lines }
  box rgb(1, 2, 3) People
  participant U as 사용자
  actor V@{ "type": "boundary" }
  end
  create participant W
  U-->>W: made #59; so
  par one
    U->>+V: POST /loans
  and two
    V--)U: wrap: x
  end
  alt taken
    V-->>-U: 409
  else free
    rect blue
    U<<->>V: 201
    end
  end
  critical a
    U-xV: x
  option b
    break c
    U--xV: x
    end
  end
  loop again
    opt may be
      note over U,V: 메모
      Note right of U: x
    end
  end
  activate U
  deactivate U
  destroy W
  W->>U: gone
  links U: {"a": "b"}
"""
ER = """erDiagram
  direction LR
  accTitle: a title
  MEMBER ||--o{ LOAN : "빌린다"
  MEMBER one or zero to many LOAN : has
  p["Person"]
  LOAN }|..|{ "ORDER ITEM" : ""
  CAR 1--0+ PART : of
  LOAN:::open {
    uuid id PK "번호"
    uuid member_id FK, UK
    decimal(10,2) fee
    list~string~ notes
  }
  classDef open fill:#fff,stroke-width:2px
  style MEMBER fill:#f9f
  subgraph s [Title]
    A
  end
"""
BITS = (
    *("\n", "\r\n", "\r", "\t", " ", ";", "#", "%%", "%", '"', "~", "`", ":", "::", "{", "}", "[", "]", "(", ")", ","),
    *("->>", "-->>", "->", "-->", "-x", "--)", "<<-->>", "-|\\", "//--", "()", "+", "-", "--", "..", "||--o{", "u--"),
    *("end", "alt x", "else", "and", "option", "loop", "box", "note over A: x", "participant A as B", "create actor C"),
    *("erDiagram", "sequenceDiagram", "direction TB", "style A fill:#fff", "one or more", "zero or many", "only one"),
    *("PK", "FK, UK", '"a comment"', "1", "1.5", "0+", "many(0)", "생년", "é", "ſ", "\u2028", "\u00a0", "C4Container"),
    *(
        "@{ type: actor }",
        "accTitle: x",
        "accDescr { x",
        "links A: {}",
        "wrap:",
        "#35;",
        "<br/>",
        "A->>B: x",
        "*",
        "\\",
    ),
)


def damaged(text: str, dice: random.Random) -> str:
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(text))
        to = at + dice.choice((0, 0, 1, 2, 5))
        text = text[:at] + dice.choice((*BITS, "", "")) + text[to:]
    return text


def same(text: str) -> None:
    assert QUICK.parse(text) == PLAIN.parse(text), text


@pytest.mark.parametrize("text", [SEQUENCE, ER])
def test_every_statement_is_read_as_jison_reads_it(text: str) -> None:
    for lines in range(1, text.count("\n") + 1):
        same("\n".join(text.split("\n")[:lines]))
    assert QUICK.parse(text)["ok"]


@pytest.mark.slow
@pytest.mark.parametrize("text", [SEQUENCE, ER])
def test_damaged_texts_fail_as_they_fail_with_jison(text: str) -> None:
    dice = random.Random(6)
    for _ in range(120):
        same(damaged(text, dice))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mermaid_ok", "mermaid_bad", "mermaid_silent"])
def test_the_corpora_are_read_as_jison_reads_them(corpus: Corpus, name: str) -> None:
    for record in corpus(name):
        if len(record["text"]) < 2_000:
            same(record["text"])
