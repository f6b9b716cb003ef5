"""Make an SVG inert: only drawing elements and attributes stay; nothing runs, links or loads."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Final

from designchord.errors import Unavailable


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SVG: Final = "http://www.w3.org/2000/svg"
_ELEMENTS: Final = _words(
    "svg g defs marker path rect circle ellipse line polyline polygon text tspan style title desc symbol filter "
    "feDropShadow linearGradient stop clipPath"
)
_ATTRIBUTES: Final = _words(
    "id class style d x y x1 y1 x2 y2 cx cy r rx ry dx dy width height points transform viewBox preserveAspectRatio "
    "fill fill-rule fill-opacity stroke stroke-width stroke-dasharray stroke-dashoffset stroke-linecap "
    "stroke-linejoin stroke-opacity opacity clip-rule clip-path marker-start marker-mid marker-end markerWidth "
    "markerHeight markerUnits "
    "refX refY orient text-anchor dominant-baseline alignment-baseline font-family font-size font-style font-weight "
    "flood-color flood-opacity stdDeviation filter offset stop-color gradientUnits role aria-roledescription "
    "aria-labelledby aria-describedby"
)
#: A reference is to a part of the same picture or does not stay.
_OUTWARD: Final = re.compile(
    r"url\(\s*(?!['\"]?#[\w-]+['\"]?\s*\))|@import|@font-face|expression\s*\(|javascript:|data:|https?:|file:|\\|<|behavior\s*:|-moz-binding",
    re.IGNORECASE,
)

ET.register_namespace("", _SVG)


def inert(svg: str) -> str:
    """The picture with everything removed that is not drawing. Raises ``Unavailable`` when it is no SVG at all."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", svg, re.IGNORECASE):
        raise Unavailable("The picture is not a plain SVG.", code="render_failed")
    try:
        root = ET.fromstring(svg)  # noqa: S314 (no document type, so no entities)
    except ET.ParseError:
        raise Unavailable("The picture is not a plain SVG.", code="render_failed") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise Unavailable("The picture is not a plain SVG.", code="render_failed")
    _strip(root)
    return ET.tostring(root, encoding="unicode")


def _strip(element: ET.Element) -> None:
    for name, value in list(element.attrib.items()):
        if name not in _ATTRIBUTES or _OUTWARD.search(value):
            del element.attrib[name]
    if element.tag == f"{{{_SVG}}}style" and _OUTWARD.search(element.text or ""):
        element.text = ""
    for child in list(element):
        name = child.tag.removeprefix(f"{{{_SVG}}}") if isinstance(child.tag, str) else ""
        if name in _ELEMENTS and child.tag == f"{{{_SVG}}}{name}":
            _strip(child)
        else:
            element.remove(child)
