"""What was measured, as it is kept in JSON and read again for comparison."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from designchord.errors import BadInput

#: How an artifact came to be: valid as it came, after fixes by rules, after the model was asked again; a stand-in;
#: there with errors; not there at all.
Outcome = Literal["first", "fixed", "reasked", "skeleton", "invalid", "missing"]


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Match(_Kept):
    expected: str
    made: str
    rule: str


class Score(_Kept):
    """Expected against made. ``assumed`` are made things that nobody expected and that say so themselves."""

    matched: tuple[Match, ...] = ()
    missed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def expected(self) -> int:
        return len(self.matched) + len(self.missed)

    @property
    def made(self) -> int:
        return len(self.matched) + len(self.extra) + len(self.assumed)

    @property
    def recall(self) -> float:
        return len(self.matched) / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return len(self.matched) / self.made if self.made else 0.0


class Size(_Kept):
    """``characters`` of all artifacts, and how many things the blueprint names."""

    characters: int = 0
    entities: int = 0
    relations: int = 0
    operations: int = 0
    scenarios: int = 0
    assumptions: int = 0


class Faithfulness(_Kept):
    """Actors, entities and operations by what grounds them; whether the texts are in the ``language`` asked for; how
    many artifacts a model began by repeating its prompt (``echoes``); of the author's ``requirements`` those that were
    ``kept`` in their words; seconds and output tokens until there was a blueprint, from which all can be shown.
    """

    said: int = 0
    inferred: int = 0
    assumed: int = 0
    language: bool = False
    echoes: int = 0
    requirements: int = 0
    kept: int = 0
    usable_seconds: float | None = None
    usable_tokens: int = 0

    @property
    def things(self) -> int:
        return self.said + self.inferred + self.assumed


class Record(_Kept):
    """One idea, made by one model. ``seconds`` is from acceptance to the end; ``cost_usd`` is None when unknown."""

    id: str
    line: int
    language: str
    state: str
    error: str = ""
    seconds: float = 0.0
    outcomes: dict[str, dict[Outcome, int]] = {}
    entities: Score | None = None
    operations: Score | None = None
    faithfulness: Faithfulness | None = None
    requirements: int = 0
    covered: int = 0
    findings: dict[str, int] = {}
    size: Size = Size()
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None

    def count(self, outcome: Outcome) -> int:
        return sum(counts.get(outcome, 0) for counts in self.outcomes.values())


class Run(_Kept):
    """All ideas, made by one model."""

    model: str
    records: tuple[Record, ...]


class Results(_Kept):
    """A whole evaluation. ``ideas`` is the file's name, ``at_once`` how many designs were under way together."""

    version: Literal[1] = 1
    ideas: str
    at_once: int
    complete: bool
    runs: tuple[Run, ...]


def read_results(text: str, name: str) -> Results:
    """Results that were written before. Raises ``BadInput`` for anything else."""
    try:
        return Results.model_validate_json(text)
    except ValidationError:
        raise BadInput(f"{name} is not a result of `designchord eval --json`.", code="bad_results") from None
