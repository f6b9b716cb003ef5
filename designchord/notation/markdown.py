"""Markdown to HTML that is safe to show, whoever wrote it.

Raw HTML is not understood at all, and what the renderer makes still passes an allow-list: no scripts, styles, event
handlers or data links, no pictures (a remote picture tells its server who reads), ids with a prefix of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

MAX_CHARS = 200_000
MAX_NESTING = 20
#: Before every id, so that no heading can take the name of something on the page around it.
ID_PREFIX = "doc-"

_TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "a"),
    *("ul", "ol", "li", "input", "table", "thead", "tbody", "tr", "th", "td", "span"),
}
_ATTRIBUTES = {
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "a": {"href", "title"},
    "code": {"class"},
    "ol": {"start"},
    "li": {"class"},
    "th": {"class"},
    "td": {"class"},
    "input": {"type", "checked", "disabled"},
}
_SCHEMES = {"http", "https", "mailto"}
_LANGUAGE = re.compile(r"language-[A-Za-z0-9+#-]{1,30}\Z")


@lru_cache(maxsize=8)
def to_html(markdown: str) -> str:
    """Safe HTML of a document. Over :data:`MAX_CHARS` the rest is left out, and a closing line says so.

    The last few are remembered: a hostile megabyte takes seconds, and a shared link can be asked for by anybody."""
    parser = _parser()
    env: dict[str, Any] = {}
    tokens = parser.parse(_bounded(markdown), env)
    _name_headings(tokens)
    _mark_tasks(tokens)
    return _clean(parser.renderer.render(tokens, parser.options, env))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough"])
    parser.add_render_rule("image", _picture)
    parser.add_render_rule("th_open", _cell)
    parser.add_render_rule("td_open", _cell)
    return parser


def _bounded(markdown: str) -> str:
    text = markdown.replace("\0", "\N{REPLACEMENT CHARACTER}")
    text = re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)
    if len(text) <= MAX_CHARS:
        return text
    return text[: text.rfind("\n", 0, MAX_CHARS) + 1 or MAX_CHARS] + "\n\n…\n"


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
        clean_content_tags={"script", "style"},
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value of an allowed attribute, or ``None`` to drop it."""
    if name == "class":
        allowed = {"li": {"task"}, "th": _ALIGNMENTS, "td": _ALIGNMENTS}.get(tag, set())
        return value if value in allowed or (tag == "code" and _LANGUAGE.match(value)) else None
    if name == "id":
        return value if value.startswith(ID_PREFIX) else None
    if tag == "input" and name == "type":
        return value if value == "checkbox" else None
    if name == "href":
        if value.startswith("#"):
            return f"#{ID_PREFIX}{value[1:].removeprefix(ID_PREFIX)}"
        # Without a scheme a link would lead somewhere on the page's own site.
        return value if re.match(r"(?:https?://|mailto:)", value, re.IGNORECASE) else None
    return value


_ALIGNMENTS = {"left", "center", "right"}


def _name_headings(tokens: Sequence[Token]) -> None:
    """Give each heading an id that follows from its words, so that a link into a document keeps working."""
    taken: dict[str, int] = {}
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", ID_PREFIX + _unused(_slug(_text(tokens[index + 1])), taken))


def _text(inline: Token) -> str:
    """What a reader sees of a line."""
    words = []
    for token in inline.children or ():
        if token.type in ("text", "code_inline"):
            words.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif token.type == "image":
            words.append(token.content)
    return " ".join("".join(words).split())


def _slug(text: str) -> str:
    """A heading's id: letters and digits of every script, hyphens between (``2. 기능`` → ``2-기능``)."""
    normal = unicodedata.normalize("NFC", text).casefold()
    return re.sub(r"[^\w]+", "-", normal).strip("-_")[:80] or "section"


def _unused(slug: str, taken: dict[str, int]) -> str:
    """A slug that no heading has yet: equal ones are numbered."""
    unique = slug
    while unique in taken:
        taken[slug] += 1
        unique = f"{slug}-{taken[slug]}"
    taken[unique] = 1
    return unique


_TASK = re.compile(r"\[([ xX])\][ \t]+")


def _mark_tasks(tokens: list[Token]) -> None:
    """``- [x] done`` becomes a list item with a checked box that cannot be changed."""
    for index, token in enumerate(tokens):
        if token.type != "inline" or index < 2 or tokens[index - 2].type != "list_item_open":
            continue
        first = token.children[0] if token.children else None
        match = _TASK.match(first.content) if first is not None and first.type == "text" else None
        if first is None or match is None or token.children is None:
            continue
        first.content = first.content[match.end() :]
        box = Token("task", "input", 0, {"type": "checkbox", "disabled": ""})
        if match[1] != " ":
            box.attrSet("checked", "")
        token.children[:0] = [box, Token("text", "", 0, content=" ")]
        tokens[index - 2].attrSet("class", "task")


def _picture(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A picture is not loaded; a link to it stands in its place."""
    token = tokens[index]
    label = nh3.clean_text(token.content.strip() or "image")
    return f'<a href="{nh3.clean_text(str(token.attrGet("src") or ""))}">{label}</a>'


def _cell(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A cell's alignment as a class: styles are not allowed."""
    token = tokens[index]
    match = re.search(r"text-align:(left|center|right)", str(token.attrGet("style") or ""))
    return f'<{token.tag} class="{match[1]}">' if match else f"<{token.tag}>"
