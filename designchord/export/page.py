"""A design as one HTML file that opens from disk without network: drawn diagrams, readable API, report, contents.

Everything that people or models wrote goes through ``format_html``; the page's policy allows nothing but its own inline
scripts (by hash) and styles. Diagrams are drawn by the script inside the page, or, when a renderer is given, here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from designchord import __version__
from designchord.export.assets import content_hash, inline, read
from designchord.export.design import Artifact, Design
from designchord.export.html import artifact_html
from designchord.export.labels import labels_in
from designchord.export.provenance import made, origin_words, unchecked_words
from designchord.export.report import broken_stories, matrix_heads, matrix_rows, place, rehearsal_words
from designchord.kinds import registry
from designchord.notation import mermaid

#: Draws Mermaid text as an SVG document; None when it cannot be drawn.
Draw = Callable[[str], str | None]

MERMAID = f"vendor/mermaid-{mermaid.VERSION}.js"
_EMPTY = SafeString("")


@dataclass(frozen=True, slots=True)
class _Section:
    anchor: str
    title: str
    body: SafeString
    children: tuple[tuple[str, str], ...] = ()


def single_html(design: Design, draw: Draw | None = None) -> str:
    """The whole design as one file. With ``draw``, pictures are made now and the file holds no diagram script."""
    return _Page(design, draw).render()


class _Page:
    def __init__(self, design: Design, draw: Draw | None) -> None:
        self._design = design
        self._draw = draw
        self._labels = labels_in(design.language)

    def render(self) -> str:
        sections = [*self._parts(), self._report(), self._idea(), self._how()]
        names = ("open.js",) if self._draw else ("open.js", MERMAID, "page.js")
        return format_html(
            read("page.html"),
            language=self._design.language,
            policy=_policy(names),
            version=__version__,
            title=self._design.title,
            style=inline("page.css"),
            contents_label=self._labels["contents"],
            contents=_contents(sections),
            introduction=self._introduction(),
            sections=_join(
                format_html('<section id="{}"><h2>{}</h2>{}</section>', item.anchor, item.title, item.body)
                for item in sections
            ),
            scripts=_join(format_html("<script>{}</script>\n", inline(name)) for name in names),
        )

    def _introduction(self) -> SafeString:
        notes = [made(self._design).replace("`", ""), self._labels["offline_page"]]
        if self._design.missing:
            notes.append(self._labels["missing_note"].format(parts=", ".join(self._design.missing)))
        if self._design.unelaborated:
            notes.append(self._labels["unelaborated_note"].format(parts=", ".join(self._design.unelaborated)))
        return format_html_join("", '<p class="note">{}</p>', ((note,) for note in notes))

    def _parts(self) -> Iterable[_Section]:
        """One section a kind, in reading order."""
        by_kind: dict[str, list[Artifact]] = {}
        for artifact in self._design.shown:
            by_kind.setdefault(artifact.kind, []).append(artifact)
        for kind, artifacts in by_kind.items():
            single = len(artifacts) == 1 and not artifacts[0].part
            body = _join(self._artifact(artifact, heading=not single) for artifact in artifacts)
            children = () if single else tuple((anchor_of(artifact), artifact.title) for artifact in artifacts)
            yield _Section(kind, self._labels.get(f"kind.{kind}", kind), body, children)

    def _artifact(self, artifact: Artifact, *, heading: bool) -> SafeString:
        title = format_html("<h3>{}</h3>", artifact.title) if heading else _EMPTY
        tags = [format_html('<span class="tag {}">{}</span>', artifact.origin, origin_words(artifact, self._labels))]
        if artifact.stale:
            tags.append(format_html('<span class="tag stale">{}</span>', self._labels["stale"]))
        return format_html(
            '<article id="{}">{}<p>{}</p>{}{}</article>',
            anchor_of(artifact),
            title,
            _join(tags),
            self._shown(artifact),
            self._problems(artifact.problems),
        )

    def _shown(self, artifact: Artifact) -> SafeString:
        """An artifact as a person reads it: drawn, as HTML, or as the text that it is."""
        about = registry.about(artifact.kind)
        if about is not None and about.drawn:
            return self._figure(artifact.source)
        read = artifact_html(artifact.kind, artifact.source, language=self._design.language)
        if read is not None:
            return format_html('<div class="{}">{}</div>', about.notation if about else "", read)
        unreadable = about is not None and about.notation == "openapi"
        note = format_html("<p>{}</p>", self._labels["unreadable"]) if unreadable else _EMPTY
        return format_html("{}<pre>{}</pre>", note, artifact.source)

    def _figure(self, source: str) -> SafeString:
        if self._draw is None:
            return format_html('<figure data-diagram><pre class="source">{}</pre></figure>', source)
        picture = self._draw(source)
        if picture is None:
            return format_html("<figure><pre>{}</pre></figure>", source)
        return format_html(
            '<figure><img alt="" src="data:image/svg+xml;base64,{}"></figure>'
            "<details><summary>{}</summary><pre>{}</pre></details>",
            base64.b64encode(picture.encode()).decode(),
            self._labels["source"],
            source,
        )

    def _problems(self, problems: Iterable[Mapping[str, Any]]) -> SafeString:
        rows = format_html_join(
            "",
            '<tr><td class="severity {}">{}</td><td>{}</td><td>{}<br><small>{}</small></td></tr>',
            (
                (
                    problem.get("severity", ""),
                    self._labels.get(f"severity.{problem.get('severity')}", ""),
                    place(problem, self._labels),
                    problem.get("message", ""),
                    problem.get("hint") or "",
                )
                for problem in problems
            ),
        )
        if not rows:
            return _EMPTY
        heads = format_html_join(
            "", "<th>{}</th>", ((self._labels[word],) for word in ("severity", "where", "message"))
        )
        return format_html(
            '<div class="wide"><table class="problems"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
            heads,
            rows,
        )

    def _report(self) -> _Section:
        report = self._design.report
        if report is None:
            return _Section("report", self._labels["report"], format_html("<p>{}</p>", self._labels["no_report"]))
        problems = self._problems(report.get("problems") or ())
        body = format_html(
            '<p class="note">{}</p>{}{}{}',
            self._labels["report_intro"],
            problems or format_html("<p>{}</p>", self._labels["no_problems"]),
            self._rehearsal(report),
            self._matrix(report),
        )
        return _Section("report", self._labels["report"], body)

    def _rehearsal(self, report: Mapping[str, Any]) -> SafeString:
        words = rehearsal_words(report, self._labels)
        if not words:
            return _EMPTY
        broken = format_html_join(
            "",
            "<li>✗ {}{}</li>",
            (
                (
                    title,
                    format_html_join(
                        "",
                        "<br>{} <small>{} <code>{}</code></small>",
                        ((one["message"], one.get("hint") or "", one["code"]) for one in problems),
                    ),
                )
                for title, problems in broken_stories(report)
            ),
        )
        listed = format_html("<ul>{}</ul>", broken) if broken else _EMPTY
        return format_html("<h3>{}</h3><p>{}</p>{}", self._labels["rehearsal"], " ".join(words), listed)

    def _matrix(self, report: Mapping[str, Any]) -> SafeString:
        rows = format_html_join(
            "",
            "<tr><th>{}</th><td>{}</td>{}</tr>",
            (
                (row.requirement, row.text, format_html_join("", "<td>{}</td>", ((cell,) for cell in row.cells)))
                for row in matrix_rows(report, self._labels)
            ),
        )
        if not rows:
            return _EMPTY
        heads = format_html_join("", "<th>{}</th>", ((head,) for head in matrix_heads(report, self._labels)))
        return format_html(
            '<h3>{}</h3><div class="wide"><table class="matrix"><thead><tr><th></th><th>{}</th>{}</tr></thead>'
            "<tbody>{}</tbody></table></div>",
            self._labels["matrix"],
            self._labels["requirements"],
            heads,
            rows,
        )

    def _idea(self) -> _Section:
        body = format_html('<p class="idea">{}</p>', self._design.content)
        if self._design.requirements.strip():
            body += format_html(
                '<h3>{}</h3><p class="idea">{}</p>', self._labels["requirements"], self._design.requirements
            )
        return _Section("idea", self._labels["idea"], body)

    def _how(self) -> _Section:
        unchecked = (*unchecked_words(self._design), self._labels["unchecked_meaning"])
        body = format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((item,) for item in unchecked)))
        return _Section("how", self._labels["unchecked"], body)


def anchor_of(artifact: Artifact) -> str:
    return f"{artifact.kind}-{artifact.part}" if artifact.part else f"{artifact.kind}-main"


def _contents(sections: Iterable[_Section]) -> SafeString:
    return format_html(
        "<ul>{}</ul>",
        _join(
            format_html(
                '<li><a href="#{}">{}</a>{}</li>',
                section.anchor,
                section.title,
                format_html("<ul>{}</ul>", format_html_join("", '<li><a href="#{}">{}</a></li>', section.children))
                if section.children
                else _EMPTY,
            )
            for section in sections
        ),
    )


def _policy(scripts: Iterable[str]) -> str:
    """Nothing from anywhere; own scripts by hash. Mermaid's drawings need inline styles."""
    hashes = " ".join(f"'sha256-{content_hash(name)}'" for name in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _join(pieces: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308 (every piece was made by format_html)
