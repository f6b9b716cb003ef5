"""What the kind ``document`` is called, written in, and checked for."""

from __future__ import annotations

from typing import Final

from designchord.kinds.about import About

ABOUT: Final = About(
    name="document",
    labels={"en": "Document", "ko": "설계 문서"},
    noun="document",
    notation="markdown",
    file="design.md",
    provides=frozenset({"requirements"}),
    covers="all",
    elaborated=frozenset({"standard", "thorough"}),
    problems={
        "document.not_found": "A model's answer holds no document.",
        "document.empty": "The document is empty.",
        "document.too_large": "The document is over the limit.",
        "document.title": "There is no title, or something stands before it.",
        "document.sections": "There are no sections.",
        "document.heading": "A heading has no text.",
        "document.unclosed_fence": "A code block is not closed.",
        "document.diagram": "A diagram stands in the document instead of beside it.",
        "document.table": "Rows look like a table but are none to a parser.",
        "document.table_row": "A row has more or fewer cells than its table.",
        "document.html": "Raw HTML is not shown as it stands.",
        "document.active_html": "HTML that could run does not belong into a document.",
        "document.image": "A remote image is not loaded.",
    },
    fixes={
        "document.heading_levels": "Shifted the levels of the headings.",
    },
)
