"""The measures of several models as bars, an SVG file that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from designchord.evaluation.results import Results
from designchord.evaluation.summary import Measure, show, summarise

#: Colours that people with any kind of colour vision tell apart (Okabe and Ito).
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442", "#000000")
_WIDTH, _LEFT, _RIGHT, _BAR, _GAP = 860, 250, 150, 14, 12

#: What is drawn; sizes and counts of ideas say nothing beside each other.
_DRAWN = frozenset(
    (
        *("done", "first", "fixed", "reasked", "skeleton", "invalid", "missing", "entity_recall", "entity_precision"),
        *("operation_recall", "operation_precision", "coverage", "findings_error", "findings_warning", "seconds"),
        *("output_tokens", "cost_usd"),
    )
)


def draw(results: Results) -> str:
    """Shares are drawn from 0 to 100 %, everything else from 0 to the largest value among the models."""
    rows = [
        same
        for same in zip(*(summarise(run) for run in results.runs), strict=True)
        if same[0].key in _DRAWN and any(measure.value is not None for measure in same)
    ]
    models = [run.model for run in results.runs]
    top = 60 + 20 * len(models)
    height = top + len(rows) * (_BAR * len(models) + _GAP) + 20
    title = f"{results.ideas}: {', '.join(models)}"
    body = [*_legend(models), *(line for at, row in enumerate(rows) for line in _row(row, at, top))]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
            f'height="{height}" role="img" font-family="sans-serif" font-size="12">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
            f'<text x="16" y="28" font-size="16" font-weight="bold">{escape(results.ideas)}</text>',
            *body,
            "</svg>",
            "",
        ]
    )


def _legend(models: list[str]) -> Iterator[str]:
    for at, model in enumerate(models):
        y = 44 + 20 * at
        yield f'<rect x="16" y="{y}" width="12" height="12" fill="{_COLOURS[at % len(_COLOURS)]}"/>'
        yield f'<text x="34" y="{y + 10}">{escape(model)}</text>'


def _row(row: tuple[Measure, ...], at: int, top: int) -> Iterator[str]:
    y = top + at * (_BAR * len(row) + _GAP)
    middle = y + _BAR * len(row) / 2 + 4
    yield f'<text x="{_LEFT - 8}" y="{middle:.0f}" text-anchor="end">{escape(row[0].title)}</text>'
    values = [measure.value for measure in row if measure.value is not None]
    full = 1.0 if row[0].unit == "share" else max(values) or 1.0
    for number, measure in enumerate(row):
        bar = y + _BAR * number
        width = (_WIDTH - _LEFT - _RIGHT) * (measure.value or 0.0) / full
        colour = _COLOURS[number % len(_COLOURS)]
        yield f'<rect x="{_LEFT}" y="{bar}" width="{max(width, 0.5):.1f}" height="{_BAR - 2}" fill="{colour}"/>'
        shown = escape(show(measure.value, measure.unit))
        yield f'<text x="{_LEFT + width + 6:.1f}" y="{bar + 10}" fill="#444444">{shown}</text>'
