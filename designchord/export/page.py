"""A design as one HTML file that opens from disk without network: brief, document, drawings, API, report.

It has the page's colours, pictures and words, light and dark, and prints with a cover. Everything that people or models
wrote goes through ``format_html``; the page's policy allows nothing but its own inline script (by hash) and styles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from designchord import __version__
from designchord.export.assets import content_hash, inline, looks, read
from designchord.export.brief import brief_html, brief_of
from designchord.export.design import Artifact, Design
from designchord.export.document_pictures import Place, with_pictures
from designchord.export.figures import Draw, Figures
from designchord.export.html import artifact_html
from designchord.export.labels import labels_in
from designchord.export.page_report import problems_html, report_html
from designchord.export.provenance import made, origin_words, unchecked_words
from designchord.kinds import registry

_SCRIPT = "open.js"
_EMPTY = SafeString("")


@dataclass(frozen=True, slots=True)
class _Section:
    anchor: str
    title: str
    body: SafeString
    children: tuple[tuple[str, str], ...] = ()


def single_html(design: Design, draw: Draw | None = None) -> str:
    """The whole design as one file. Without ``draw`` diagrams that only Mermaid can lay out stand there as text."""
    return _Page(design, draw).render()


class _Page:
    def __init__(self, design: Design, draw: Draw | None) -> None:
        self._design = design
        self._labels = labels_in(design.language)
        self._figures = Figures(draw, self._labels)
        # What the document shows again stands on the page before it is asked for.
        self._drawn = [one for one in design.shown if _is_drawn(one)]
        self._shown_once = {anchor_of(one): self._figures.figure(one.source, one.title) for one in self._drawn}

    def render(self) -> str:
        sections = [*self._parts(), self._report(), self._idea(), self._how()]
        return format_html(
            read("page.html"),
            language=self._design.language,
            policy=_policy(),
            version=__version__,
            title=self._design.title,
            style=looks(),
            contents_label=self._labels["contents"],
            contents=_contents(sections),
            brief=brief_html(brief_of(self._design), self._labels),
            pictures=self._pictures(),
            introduction=self._introduction(),
            sections=_join(
                format_html('<section id="{}"><h2>{}</h2>{}</section>', item.anchor, item.title, item.body)
                for item in sections
            ),
            script=inline(_SCRIPT),
        )

    def _pictures(self) -> SafeString:
        """The model of entities and the first story, each leading to where it stands in full."""
        first = {artifact.kind: artifact for artifact in reversed(self._drawn)}
        chosen = sorted(first.values(), key=lambda one: not _shows_entities(one.kind))[:2]
        shown = [(artifact, self._figures.again(artifact.source)) for artifact in chosen]
        return format_html_join(
            "",
            '<a class="glance" href="#{}"><span>{}</span>{}</a>',
            ((anchor_of(artifact), artifact.title or artifact.kind, picture) for artifact, picture in shown if picture),
        )

    def _introduction(self) -> SafeString:
        notes = [made(self._design).replace("`", "")]
        if self._design.missing:
            notes.append(self._labels["missing_note"].format(parts=", ".join(self._design.missing)))
        if self._design.unelaborated:
            notes.append(self._labels["unelaborated_note"].format(parts=", ".join(self._design.unelaborated)))
        told = format_html_join("", '<p class="note">{}</p>', ((note,) for note in notes))
        return told + format_html('<p class="note only-screen">{}</p>', self._labels["offline_page"])

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
            problems_html(artifact.problems, self._labels),
        )

    def _shown(self, artifact: Artifact) -> SafeString:
        """An artifact as a person reads it: drawn, as HTML, or as the text that it is."""
        if anchor_of(artifact) in self._shown_once:
            return self._shown_once[anchor_of(artifact)]
        about = registry.about(artifact.kind)
        read = artifact_html(artifact.kind, artifact.source, language=self._design.language)
        if read is not None and about is not None and about.notation == "markdown":
            read = with_pictures(read, self._places(), lambda source: self._figures.figure(source, artifact.title))
        if read is not None:
            return format_html('<div class="{}">{}</div>', about.notation if about else "", read)
        unreadable = about is not None and about.notation == "openapi"
        note = format_html("<p>{}</p>", self._labels["unreadable"]) if unreadable else _EMPTY
        return format_html("{}<pre>{}</pre>", note, artifact.source)

    def _places(self) -> Iterable[Place]:
        """What a document may speak of, each as a picture that leads to where it stands in full."""
        for artifact in self._drawn:
            again = self._figures.again(artifact.source)
            link = '<p class="seen only-screen"><a href="#{}">{}<span>{}</span></a></p>'
            title = artifact.title or self._labels.get(f"kind.{artifact.kind}", artifact.kind)
            if again:
                yield Place(artifact.title, artifact.source, format_html(link, anchor_of(artifact), again, title))

    def _report(self) -> _Section:
        return _Section("report", self._labels["report"], report_html(self._design.report, self._labels))

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


def _is_drawn(artifact: Artifact) -> bool:
    about = registry.about(artifact.kind)
    return about is not None and about.drawn


def _policy() -> str:
    """Nothing from anywhere; the one script by its hash. Pictures and bars have sizes of their own."""
    return (
        f"default-src 'none'; script-src 'sha256-{content_hash(_SCRIPT)}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _join(pieces: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308 (every piece was made by format_html)


def _shows_entities(kind: str) -> bool:
    about = registry.about(kind)
    return about is not None and "entities" in about.provides
