"""What pictures look like: the page's colours, by name where there is a page around them, light where there is none."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Final

STYLES: Final = Path(__file__).parents[2] / "web" / "static" / "css"
_SVG: Final = "{http://www.w3.org/2000/svg}"
#: What a drawer paints by itself; the looks are given by classes.
_PAINT: Final = ("fill", "stroke", "filter", "stroke-width", "font-family", "font-size")
_PREFIX: Final = "merman"

ET.register_namespace("", _SVG[1:-1])


def alone(svg: str) -> str:
    """A picture that is shown by itself, on its own ground."""
    box = re.search(r'viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"', svg)
    x, y, width, height = box.groups() if box else ("0", "0", "100%", "100%")
    ground = f'<rect class="ground" x="{x}" y="{y}" width="{width}" height="{height}"></rect>'
    head, sign, rest = svg.partition(">")
    if "xmlns=" not in head:
        head = head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f"{head}{sign}<style>{_light()}</style>{ground}{rest}"


def inside(svg: str, name: str) -> str:
    """A picture that was made to be shown alone, for a page that has the looks; ``name`` tells its parts apart."""
    bare = re.sub(r'<style>.*?</style>|<rect class="ground"[^>]*>(</rect>)?', "", svg, count=2, flags=re.DOTALL)
    return re.sub(rf'(id="|url\(#){_PREFIX}', rf"\g<1>{name}", bare)


def has_looks(svg: str) -> bool:
    """Whether a picture is drawn with the page's looks; others bring their own."""
    return re.match(r'<svg[^>]*class="(er|seq)"', svg) is not None


def sequence(svg: str) -> str:
    """A sequence diagram as Mermaid lays it out, with the page's looks and without a second row of heads."""
    root = ET.fromstring(svg)  # noqa: S314 (made inert before, so without a document type)
    _clear(root)
    feet = [float(line.get("y2", "0")) for line in root.iter(f"{_SVG}line") if "actor-line" in line.get("class", "")]
    box = [float(number) for number in root.get("viewBox", "0 0 800 600").split()]
    if feet:
        box[3] = max(feet) - box[1] + 12
    for name in list(root.attrib):
        if name != "viewBox":
            del root.attrib[name]
    width, height = (str(round(size)) for size in box[2:])
    root.attrib = {"class": "seq", "width": width, "height": height, "role": "img"}
    root.set("viewBox", " ".join(f"{number:g}" for number in box))
    return ET.tostring(root, encoding="unicode")


def _clear(element: ET.Element) -> None:
    for name in _PAINT:
        element.attrib.pop(name, None)
    if element.get("marker-start") is not None:
        element.set("stroke-width", "2")  # the sign of a number is as large as the line that carries it
    style = element.attrib.pop("style", "")
    if "text-anchor:middle" in style:
        element.set("text-anchor", "middle")
    for child in list(element):
        classes = [child.get("class", ""), *(part.get("class", "") for part in child)]
        unused = child.tag in (f"{_SVG}style", f"{_SVG}symbol", f"{_SVG}filter")
        if unused or any("actor-bottom" in name for name in classes):
            element.remove(child)
            continue
        _clear(child)
        if child.tag in (f"{_SVG}defs", f"{_SVG}g") and not len(child):
            element.remove(child)


@cache
def _light() -> str:
    """The looks with light colours in the place of their names: what draws alone may not know variables."""
    first = re.search(r":root \{(.*?)\}", (STYLES / "tokens.css").read_text("utf-8"), re.DOTALL)
    colours = dict(re.findall(r"(--[\w-]+): ([^;]+);", first[1] if first else ""))
    rules = re.sub(r"/\*.*?\*/", "", (STYLES / "pictures.css").read_text("utf-8"), flags=re.DOTALL)
    named = re.sub(r"var\((--[\w-]+)\)", lambda match: colours.get(match[1], "inherit"), rules)
    return f".ground {{ fill: {colours.get('--surface', '#ffffff')}; }} " + " ".join(named.split())
