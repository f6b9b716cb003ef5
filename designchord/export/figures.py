"""Diagrams in an exported page: drawn once, in the page's looks: light, dark and paper show one picture."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from designchord.notation.drawing import er, looks
from designchord.notation.svg import inert

#: Draws Mermaid text as an SVG document; None when it cannot be drawn.
Draw = Callable[[str], str | None]

#: A picture is never shown smaller than this part of its size: smaller letters are not read. What is wider scrolls.
_SMALLEST = 0.72
_EMPTY = SafeString("")


class Figures:
    """The pictures of one page. Each gets names of its own for its parts, and can be shown again in another size."""

    def __init__(self, draw: Draw | None, labels: Mapping[str, str]) -> None:
        self._draw = draw
        self._labels = labels
        self._count = 0
        #: By source, the name of its first picture and its size, to be shown again.
        self._names: dict[str, tuple[str, int, int]] = {}

    def figure(self, source: str, title: str) -> SafeString:
        """The diagram, or its text where it cannot be drawn."""
        pieces = er.pieces(source, self._labels["elsewhere"])
        drawn = [(piece.label, inert(looks.alone(piece.svg))) for piece in pieces]
        if not drawn:
            picture = self._draw(source) if self._draw else None
            drawn = [("", picture)] if picture else []
        if not drawn:
            return format_html("<figure><pre>{}</pre></figure>", source)
        shown = format_html_join("", "{}", ((self._picture(svg, source, label or title),) for label, svg in drawn))
        return format_html(
            '{}<details class="source"><summary>{}</summary><pre>{}</pre></details>',
            shown,
            self._labels["source"],
            source,
        )

    def again(self, source: str) -> SafeString:
        """The first picture of a source that stands on the page already, as large as there is room."""
        if source not in self._names:
            return _EMPTY
        name, width, height = self._names[source]
        again = '<svg class="again" viewBox="0 0 {} {}" aria-hidden="true"><use href="#{}"></use></svg>'
        return format_html(again, width, height, name)

    def _picture(self, svg: str, source: str, label: str) -> SafeString:
        self._count += 1
        name = f"picture-{self._count}"
        caption = format_html("<figcaption>{}</figcaption>", label) if source in self._names else _EMPTY
        if not looks.has_looks(svg):
            encoded = base64.b64encode(svg.encode()).decode()
            return format_html(
                '<figure class="foreign"><img alt="{}" src="data:image/svg+xml;base64,{}"></figure>', label, encoded
            )
        width, height = _size(svg)
        self._names.setdefault(source, (name, width, height))
        least = round(_SMALLEST * width)
        # Inert already: only shapes, words and classes are left of what was drawn.
        own = looks.inside(svg, name).replace("<svg", f'<svg id="{name}" style="min-width:{least}px"', 1)
        picture = mark_safe(own)  # noqa: S308 (see above)
        return format_html('<figure tabindex="0" aria-label="{}">{}{}</figure>', label, caption, picture)


def _size(svg: str) -> tuple[int, int]:
    found = re.match(r'<svg[^>]*? width="(\d+)[^"]*" height="(\d+)', svg)
    return (int(found[1]), int(found[2])) if found else (0, 0)
