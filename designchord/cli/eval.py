"""``designchord eval``: how good are the designs that a model makes of these ideas?"""

from __future__ import annotations

import queue
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designchord.cli.base import ENDED
from designchord.cli.output import write_file
from designchord.cli.session import Session, opened
from designchord.cli.waiting import wait_for_news
from designchord.errors import BadInput, DesignchordError, QuotaExceeded, TooLarge

if TYPE_CHECKING:
    from designchord.evaluation.ideas import Idea
    from designchord.evaluation.results import Record, Results, Run

#: An ideas file is at most this large, in bytes.
MAX_BYTES = 50_000_000


@click.command("eval", short_help="Measure how good the designs of one or more models are.")
@click.argument("ideas", metavar="IDEAS.jsonl", type=click.Path(path_type=Path))
@click.option("--model", "models", multiple=True, metavar="NAME", help="A model; repeat it to compare several.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N ideas.")
@click.option("--at-once", type=click.IntRange(1, 100), default=4, show_default=True, help="Designs under way at once.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the results to FILE.")
@click.option(
    "--compare", "earlier", type=click.Path(path_type=Path), metavar="FILE", help="Show what became different."
)
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE.svg", help="Draw the measures as bars.")
@click.option("--keep", is_flag=True, help="Keep the designs; else each is deleted when it is measured.")
def evaluate(
    ideas: Path,
    models: Sequence[str],
    limit: int | None,
    at_once: int,
    json_file: Path | None,
    earlier: Path | None,
    plot: Path | None,
    keep: bool,
) -> int:
    """Make a design from each line of IDEAS.jsonl with each model, and print what came of it.

    Lines are JSON objects with `text` (or `title` and `content`) and, to compare names with, `gold`; see
    docs/evaluation.md. `offline` is a model too. Without --model the usual one is measured.
    """
    from designchord.evaluation.ideas import read_ideas
    from designchord.evaluation.results import Results, read_results
    from designchord.evaluation.summary import compare

    chosen = read_ideas(_read(ideas), str(ideas))[:limit]
    before = read_results(_read(earlier), str(earlier)) if earlier else None
    runs: list[Run] = []
    stopped: BaseException | None = None
    with opened(running=True) as session:
        _vet(session, chosen, ideas)
        names = list(dict.fromkeys(session.app.models.resolve(name) for name in models or ("",)))
        try:
            for name in names:
                _measure(session, name, chosen, at_once=at_once, keep=keep, runs=runs)
        except (KeyboardInterrupt, DesignchordError) as error:  # what was paid for is not lost
            stopped = error
            click.echo("\nStopped; what was measured so far follows.", err=True)
    results = Results(ideas=ideas.name, at_once=at_once, complete=stopped is None, runs=tuple(runs))
    _tell(results)
    if before is not None:
        click.echo("\n".join(["", f"Compared with {earlier}:", "", *compare(before, results)]))
    _write(results, json_file, plot)
    if stopped is not None:
        raise stopped
    return 0


def _vet(session: Session, ideas: Iterable[Idea], source: Path) -> None:
    """Refuse a line that no design can be made of before anything is made and paid for."""
    from designchord.pipeline.vetting import vet_brief

    for idea in ideas:
        try:
            vet_brief(idea.brief, session.app.settings.limits)
        except BadInput as error:
            raise BadInput(f"{source}, line {idea.line}: {error.message}", code=error.code) from None


def _measure(session: Session, model: str, ideas: Sequence[Idea], *, at_once: int, keep: bool, runs: list[Run]) -> None:
    """Make and measure all ideas with one model; ``runs`` gets what there is, also when this is interrupted."""
    from designchord.evaluation.measuring import measure
    from designchord.evaluation.results import Run

    measured: list[Record] = []
    order = {idea.id: at for at, idea in enumerate(ideas)}
    _report(f"{model}: {len(ideas)} ideas, {min(at_once, len(ideas))} at once")
    try:
        with closing(_made(session, model, ideas, at_once=at_once, keep=keep)) as made:
            for idea, snapshot in made:
                record = measure(idea, snapshot)
                measured.append(record)
                _report(_line(record, model, len(measured), len(ideas)))
    finally:
        if measured:
            runs.append(Run(model=model, records=tuple(sorted(measured, key=lambda record: order[record.id]))))


def _made(
    session: Session, model: str, ideas: Sequence[Idea], *, at_once: int, keep: bool
) -> Generator[tuple[Idea, dict[str, Any]], None, None]:
    """Each idea with the snapshot of its finished design, as they finish."""
    from designchord.designs import selectors

    heard: queue.SimpleQueue[object] = queue.SimpleQueue()
    waiting = deque(ideas)
    under_way: dict[str, tuple[Idea, Callable[[], None]]] = {}

    def leave(design_id: str) -> Idea:
        idea, unsubscribe = under_way.pop(design_id)
        unsubscribe()
        if not keep:
            session.app.verbs.delete(owner=session.owner, design_id=design_id)
        return idea

    try:
        while waiting or under_way:
            while waiting and len(under_way) < at_once:
                idea = waiting[0]
                try:
                    design, _ = session.app.verbs.start(owner=session.owner, brief=idea.brief, model=model)
                except QuotaExceeded:
                    if not under_way:
                        raise
                    break  # fewer at once are allowed here
                waiting.popleft()
                under_way[str(design.pk)] = (idea, session.app.stream.subscribe(str(design.pk), _to(heard)))
            ended = [key for key in under_way if _state(session, key) in ENDED]
            for design_id in ended:
                snapshot = selectors.snapshot(owner=session.owner, design_id=design_id)
                yield leave(design_id), snapshot
            if not ended:
                _report(f"{len(under_way)} under way, {len(waiting)} to come", passing=True)
                wait_for_news(heard)
    finally:
        for design_id in list(under_way):
            session.app.verbs.cancel(owner=session.owner, design_id=design_id)
            leave(design_id)


def _to(heard: queue.SimpleQueue[object]) -> Callable[[Any], None]:
    return lambda event: heard.put(event) if event.type == "done" else None


def _state(session: Session, design_id: str) -> str:
    from designchord.designs import selectors

    return str(selectors.design_get(owner=session.owner, design_id=design_id).state)


def _report(line: str, *, passing: bool = False) -> None:
    """A line of progress; a ``passing`` one is seen on terminals only, until the next takes its place."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{line}", nl=not passing, err=True)
    elif not passing:
        click.echo(line, err=True)


def _line(record: Record, model: str, number: int, count: int) -> str:
    told = [f"[{number}/{count}]", model, record.id, record.state, f"{record.seconds:.1f} s"]
    if record.entities is not None:
        told.append(f"recall {record.entities.recall:.2f}, precision {record.entities.precision:.2f}")
    wrong = record.count("invalid") + record.count("missing") + record.count("skeleton")
    if wrong:
        told.append(f"{wrong} artifacts not as asked for")
    if record.findings.get("error"):
        told.append(f"{record.findings['error']} contradictions")
    return "  ".join(told)


def _tell(results: Results) -> None:
    from designchord.evaluation.summary import names_found, table

    if not results.runs:
        return
    click.echo("\n".join(table(results)))
    found = [line for run in results.runs for line in names_found(run)]
    if found:
        click.echo("\n".join(["", "What was recognised, by rule:", *found]))


def _write(results: Results, json_file: Path | None, plot: Path | None) -> None:
    if json_file is not None:
        write_file(json_file, (results.model_dump_json(indent=1) + "\n").encode())
    if plot is not None and results.runs:
        from designchord.evaluation.plotting import draw

        write_file(plot, draw(results).encode())


def _read(path: Path) -> str:
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if str(path) == "-" else _bytes(path)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}: check its name.") from None
    except OSError:
        raise BadInput(f"{path} cannot be read: it is a folder, or its permissions forbid it.") from None
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{path} is larger than {MAX_BYTES:,} bytes: split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text: save it as UTF-8.", code="bad_encoding") from None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(MAX_BYTES + 1)
