"""What Mermaid really draws, in a browser: the oracle for what is said about a diagram."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Browser, Route

from designchord.notation import mermaid
from designchord.web.vendor import VENDOR

_HERE = "http://drawing.invalid"
_START = f"""<!doctype html><meta charset=utf-8><body><script type=module>
import mermaid from "{_HERE}/mermaid.esm.min.mjs"; globalThis.mermaid = mermaid;</script>"""

_DRAW = """async (text) => {
  let svg;
  try { svg = (await mermaid.render("picture", text)).svg; } catch { return null; }
  const holder = document.createElement("div");
  holder.innerHTML = svg;
  document.body.append(holder);
  const texts = (selector) => [...holder.querySelectorAll(selector)].map((each) => each.textContent.trim());
  const drawn = {
    svg,
    lanes: texts("text.actor-box, text.actor-man"),
    messages: texts("text.messageText"),
    boxes: [...holder.querySelectorAll("g.node")].map((node) =>
      (node.querySelector(".name") ?? node.querySelector(".label")).textContent.trim()),
    ends: [...holder.querySelectorAll("line.actor-line")].map((line) => Number(line.getAttribute("y2"))),
    labels: texts("g.edgeLabel .label").filter(Boolean),
  };
  holder.remove();
  return drawn;
}"""


def _serve(route: Route) -> None:
    name = route.request.url.removeprefix(f"{_HERE}/")
    if name:
        route.fulfill(path=VENDOR / "mermaid" / mermaid.VERSION / name, content_type="text/javascript")
    else:
        route.fulfill(body=_START, content_type="text/html")


@dataclass(frozen=True, slots=True)
class Picture:
    """What is seen: the labels of lanes (each once), the texts of messages, the names of boxes, the labels of lines,
    and how far down each lane goes.
    """

    svg: str
    lanes: frozenset[str]
    messages: tuple[str, ...]
    boxes: tuple[str, ...]
    labels: tuple[str, ...]
    ends: tuple[float, ...]

    @property
    def whole(self) -> bool:
        """Whether everything in it has a place."""
        return "NaN" not in self.svg


class Drawer:
    """Draws with the page's Mermaid, in a page that can reach nothing else."""

    def __init__(self, browser: Browser) -> None:
        self._page = browser.new_page()
        self._page.route("**/*", _serve)
        self._page.goto(f"{_HERE}/")
        self._page.wait_for_function("globalThis.mermaid")
        self._page.evaluate(
            "mermaid.initialize({startOnLoad: false, htmlLabels: false, suppressErrorRendering: true,"
            " layout: 'dagre', er: {layout: 'dagre'}})"
        )

    def draw(self, text: str) -> Picture | None:
        """The picture; nothing where Mermaid cannot draw it."""
        told = self._page.evaluate(_DRAW, text)
        if told is None:
            return None
        return Picture(
            told["svg"],
            frozenset(told["lanes"]),
            tuple(told["messages"]),
            tuple(told["boxes"]),
            tuple(told["labels"]),
            tuple(told["ends"]),
        )

    def close(self) -> None:
        self._page.close()
