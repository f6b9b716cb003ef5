"""Pictures in an exported document stand where it speaks of them."""

from __future__ import annotations

from django.utils.safestring import mark_safe

from designchord.export.document_pictures import Place, with_pictures
from designchord.notation.markdown import to_html

ERD = "erDiagram\n  Loan {\n    uuid id PK\n  }\n  Member {\n    uuid id PK\n  }\n"
DOCUMENT = """# Lending

### 1. Lend & return

Text.

## Wherever the entities stand

| Entity | Name |
|---|---|
| `Loan` | a loan |
| `Member` | a member |

```mermaid
sequenceDiagram
  A->>B: <b>hi</b>
```
"""


def shown(document: str) -> str:
    places = [
        Place("Lend & return", "sequenceDiagram", mark_safe("[story]")),
        Place("", ERD, mark_safe("[entities]")),
        Place("Told nowhere", "sequenceDiagram", mark_safe("[other]")),
    ]
    return with_pictures(to_html(document), places, lambda source: mark_safe(f"[drawn {len(source)}]"))


def test_a_story_stands_below_its_heading_and_a_model_above_its_table() -> None:
    page = shown(DOCUMENT)
    assert "1. Lend &amp; return</h3>[story]" in page
    assert "[entities]<table>" in page
    assert "[other]" not in page


def test_a_diagram_of_the_documents_own_is_drawn_where_it_stands() -> None:
    own = "sequenceDiagram\n  A->>B: <b>hi</b>\n"
    page = shown(DOCUMENT)
    assert f"[drawn {len(own)}]" in page
    assert "language-mermaid" not in page


def test_a_document_that_speaks_of_none_stays_as_it_is() -> None:
    text = "# Other\n\n| A | B |\n|---|---|\n| 1 | 2 |\n"
    assert shown(text) == to_html(text)
