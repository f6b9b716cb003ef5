"""The figures of a run as a few comparable measures, and the difference between two runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Literal

from designchord.evaluation.results import Faithfulness, Outcome, Record, Results, Run, Score

Unit = Literal["share", "number", "seconds", "usd"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. ``value`` is None when there is nothing to measure; ``note`` says what it was counted from."""

    key: str
    title: str
    unit: Unit
    value: float | None
    note: str = ""
    better: Literal["more", "less", ""] = ""

    @property
    def shown(self) -> str:
        return f"{show(self.value, self.unit)}{f' ({self.note})' if self.note and self.value is not None else ''}"


def show(value: float | None, unit: Unit) -> str:
    """A value as people read it; a dash when there is none."""
    if value is None:
        return "–"
    match unit:
        case "share":
            return f"{100 * value:.1f} %"
        case "seconds":
            return f"{value:.1f} s"
        case "usd":
            return f"${value:.4f}"
        case "number":
            return f"{value:,.1f}" if value < 1000 and value % 1 else f"{value:,.0f}"


_OUTCOMES: tuple[tuple[Outcome, str, Literal["more", "less", ""]], ...] = (
    ("first", "valid at first try", "more"),
    ("fixed", "valid after fixes", ""),
    ("reasked", "valid after re-asks", ""),
    ("skeleton", "stand-ins (skeletons)", "less"),
    ("invalid", "with errors", "less"),
    ("missing", "missing", "less"),
)


def summarise(run: Run) -> tuple[Measure, ...]:
    """The same measures in the same order for every run."""
    return tuple(_measures(run.records))


def _measures(records: Sequence[Record]) -> Iterator[Measure]:
    count = len(records)
    done = sum(record.state == "done" for record in records)
    yield Measure("ideas", "ideas", "number", count)
    yield Measure("done", "designs without a stand-in", "share", _share(done, count), f"{done} of {count}", "more")
    parts = sum(sum(counts.values()) for record in records for counts in record.outcomes.values())
    for outcome, title, better in _OUTCOMES:
        found = sum(record.count(outcome) for record in records)
        yield Measure(outcome, f"artifacts {title}", "share", _share(found, parts), f"{found} of {parts}", better)
    yield from _scored("entity", [record.entities for record in records if record.entities])
    yield from _scored("operation", [record.operations for record in records if record.operations])
    yield from _faithful([record.faithfulness for record in records if record.faithfulness is not None])
    asked, covered = sum(record.requirements for record in records), sum(record.covered for record in records)
    note = f"{covered} of {asked}"
    yield Measure("coverage", "requirements shown", "share", _share(covered, asked), note, "more")
    for severity in ("error", "warning", "info"):
        found = sum(record.findings.get(severity, 0) for record in records)
        title = f"cross-check: {severity}s a design"
        note = f"{found} in all"
        yield Measure(f"findings_{severity}", title, "number", found / count if count else None, note, "less")
    for key, title in (("entities", "entities"), ("operations", "operations"), ("characters", "characters")):
        sizes = [getattr(record.size, key) for record in records]
        yield Measure(f"size_{key}", f"{title} a design", "number", mean(sizes) if sizes else None)
    yield from _effort(records)


def _scored(what: str, scores: Sequence[Score]) -> Iterator[Measure]:
    """Means over the records with gold, so that one long record does not outweigh the others."""
    matched = sum(len(score.matched) for score in scores)
    expected, made = sum(score.expected for score in scores), sum(score.made for score in scores)
    over = f"mean of {len(scores)} ideas; in all {matched} of"
    recall = mean(score.recall for score in scores) if scores else None
    precision = mean(score.precision for score in scores) if scores else None
    yield Measure(f"{what}_recall", f"{what} recall", "share", recall, f"{over} {expected}", "more")
    yield Measure(f"{what}_precision", f"{what} precision", "share", precision, f"{over} {made}", "more")


def _faithful(found: Sequence[Faithfulness]) -> Iterator[Measure]:
    """Whether designs are about their ideas, in sums over all of them."""
    things, said = sum(one.things for one in found), sum(one.said for one in found)
    grounded = said + sum(one.inferred for one in found)
    note = f"{grounded} of {things}, {said} said"
    yield Measure("grounded", "things with a ground in the text", "share", _share(grounded, things), note, "more")
    wanted, kept = sum(one.requirements for one in found), sum(one.kept for one in found)
    note = f"{kept} of {wanted}"
    yield Measure("kept", "author's requirements kept", "share", _share(kept, wanted), note, "more")
    right = sum(one.language for one in found)
    note = f"{right} of {len(found)}"
    yield Measure("language", "designs in the language asked for", "share", _share(right, len(found)), note, "more")
    echoes = sum(one.echoes for one in found) if found else None
    yield Measure("echoes", "artifacts that began as the prompt repeated", "number", echoes, "", "less")
    seconds = [one.usable_seconds for one in found if one.usable_seconds is not None]
    tokens = [one.usable_tokens for one in found]
    middle = median(seconds) if seconds else None
    yield Measure("usable_seconds", "time until usable (median)", "seconds", middle, "", "less")
    yield Measure("usable_tokens", "output tokens until usable", "number", mean(tokens) if tokens else None, "", "less")


def _effort(records: Sequence[Record]) -> Iterator[Measure]:
    count = len(records)
    seconds = [record.seconds for record in records if record.seconds]
    longest = f"longest {max(seconds):.1f} s" if seconds else ""
    yield Measure("seconds", "time a design (median)", "seconds", median(seconds) if seconds else None, longest, "less")
    for key, title in (("calls", "calls"), ("input_tokens", "input tokens"), ("output_tokens", "output tokens")):
        total = sum(getattr(record, key) for record in records)
        yield Measure(key, f"{title} a design", "number", total / count if count else None, f"{total:,} in all", "less")
    costs = [record.cost_usd for record in records if record.cost_usd is not None]
    known = len(costs) == count and count > 0
    note = f"${sum(costs):.4f} in all" if known else ""
    yield Measure("cost_usd", "cost a design", "usd", mean(costs) if known else None, note, "less")


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


# Tables, as lines of text.


def table(results: Results) -> list[str]:
    """One column a model, one row a measure."""
    summaries = [summarise(run) for run in results.runs]
    head = ["", *(run.model for run in results.runs)]
    rows = [[same[0].title, *(measure.shown for measure in same)] for same in zip(*summaries, strict=True)]
    return aligned([head, *rows])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines with columns below each other."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def names_found(run: Run) -> list[str]:
    """For each record with gold: what was recognised by which rule, what was missed, what nobody asked for."""
    lines = []
    scored: tuple[tuple[str, Callable[[Record], Score | None]], ...] = (
        ("entities", lambda record: record.entities),
        ("operations", lambda record: record.operations),
    )
    for record in run.records:
        for what, score_of in scored:
            score = score_of(record)
            if score is None:
                continue
            found = f"{len(score.matched)} of {score.expected} {what}, {score.made} made"
            lines.append(f"{record.id} ({run.model}): {found}")
            for rule in dict.fromkeys(match.rule for match in score.matched):
                pairs = (match for match in score.matched if match.rule == rule)
                lines.append(f"  {rule:<10} " + ", ".join(f"{match.expected} = {match.made}" for match in pairs))
            for title, names in (("missed", score.missed), ("not asked", score.extra), ("assumed", score.assumed)):
                if names:
                    lines.append(f"  {title:<10} {', '.join(names)}")
    return lines


# Differences.


def compare(old: Results, new: Results) -> list[str]:
    """What became different, model by model; two results of one model each are compared whatever their names."""
    before = {run.model: run for run in old.runs}
    pairs = [(before[run.model], run) for run in new.runs if run.model in before]
    if not pairs and len(old.runs) == len(new.runs) == 1:
        pairs = [(old.runs[0], new.runs[0])]
    lines = []
    for first, second in pairs:
        title = second.model if first.model == second.model else f"{first.model} → {second.model}"
        lines += [title, *(f"  {line}" for line in [*_measured(first, second), *_differing(first, second)])]
    alone = [run.model for run in new.runs if not any(run is second for _, second in pairs)]
    if alone:
        lines.append(f"Not in the earlier results: {', '.join(alone)}.")
    return lines


def _measured(first: Run, second: Run) -> list[str]:
    rows = []
    for old, new in zip(summarise(first), summarise(second), strict=True):
        was, now = show(old.value, old.unit), show(new.value, new.unit)
        if was == now:
            continue
        judged = ""
        if old.value is not None and new.value is not None and new.better:
            judged = "better" if (new.value > old.value) == (new.better == "more") else "worse"
        rows.append([new.title, was, "→", now, judged])
    return aligned(rows) if rows else ["no measure changed"]


def _differing(first: Run, second: Run) -> list[str]:
    """Records of which something else was recognised, or that ended otherwise."""
    lines = []
    known = {record.id: record for record in first.records}
    for record in second.records:
        old = known.get(record.id)
        if old is None:
            lines.append(f"{record.id}: not in the earlier results")
            continue
        if old.state != record.state:
            lines.append(f"{record.id}: {old.state} → {record.state}")
        if old.entities is not None and record.entities is not None:
            was, now = set(old.entities.missed), set(record.entities.missed)
            told = [("found", sorted(was - now)), ("lost", sorted(now - was))]
            changes = [f"{word} {', '.join(names)}" for word, names in told if names]
            if changes:
                lines.append(f"{record.id}: {'; '.join(changes)}")
    gone = known.keys() - {record.id for record in second.records}
    return [*lines, f"no longer measured: {', '.join(sorted(gone))}"] if gone else lines
