"""What a kind of artifact must be able to do. A new kind is one folder and one line in the registry.

Kinds are pure: no Django, no network, no clock. The pipeline drives them through the repair loop:
``extract`` → ``fix`` → ``check`` → (re-ask with the problems) → ``skeleton``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.things import Thing
from designchord.kinds.about import About
from designchord.notation.facts import Facts
from designchord.notation.problems import Fix, Problem, has_errors


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a kind made by one call. ``key`` is ASCII and safe in a file name; empty for kinds with one part."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer on its way to become a revision: the source as it stands, what was repaired, what is still wrong."""

    source: str
    fixes: tuple[Fix, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def acceptable(self) -> bool:
        return bool(self.source.strip()) and not has_errors(self.problems)

    @property
    def wanting(self) -> tuple[Problem, ...]:
        return ()


#: What an answer becomes on which a check itself fails.
UNCHECKED: Final = Candidate(
    "",
    problems=(
        Problem(
            code="answer.unchecked",
            severity="error",
            message="The check itself failed on this answer, so it cannot be taken.",
            hint="Write it again in the plainest form.",
        ),
    ),
)


class Kind(ABC):
    """One kind of artifact. Instances are stateless and shared by threads."""

    about: ClassVar[About]
    #: What the model is asked to write: ``markdown``, ``mermaid``, or ``text`` that is compiled to the artifact.
    answers_in: ClassVar[str]
    #: Version of ``prompt.md``, such as ``erd/1``; a change of the prompt's meaning raises it.
    prompt_version: ClassVar[str]
    #: Upper bound of output tokens that a complete answer needs.
    max_tokens: ClassVar[int]
    #: About how long a model's answer is, compared with the skeleton.
    answer_share: ClassVar[float] = 1.5
    #: What no check of ours looks at, said beside every artifact of the kind.
    unchecked: ClassVar[tuple[str, ...]] = ()

    @property
    def name(self) -> str:
        return self.about.name

    @abstractmethod
    def parts(self, blueprint: Blueprint) -> tuple[Part, ...]:
        """The parts that a design with this blueprint has, in reading order; none where there is nothing to say."""

    @abstractmethod
    def made_from(self, blueprint: Blueprint, part: Part) -> Mapping[Thing, Any]:
        """The things of the blueprint that the part tells of, each with what it tells of it (``blueprint.things``).

        When one of them changes, the part is out of date.
        """

    @abstractmethod
    def prompt(self, brief: Brief, blueprint: Blueprint, part: Part) -> str:
        """The instruction that follows the shared prefix (see ``kinds.conversation``)."""

    @abstractmethod
    def extract(self, answer: str, blueprint: Blueprint, part: Part) -> Candidate:
        """Find the artifact in a raw answer. Nothing found: an empty source and a problem that says so."""

    @abstractmethod
    def fix(self, source: str) -> tuple[str, tuple[Fix, ...]]:
        """Repair what can be repaired without guessing. Never changes valid text, never changes meaning."""

    @abstractmethod
    def check(self, source: str) -> tuple[Problem, ...]:
        """Everything that is wrong with the artifact on its own, by the real parser and the kind's rules."""

    @abstractmethod
    def facts(self, source: str) -> Facts | None:
        """What the artifact says, for the cross-check; None when it cannot be read."""

    @abstractmethod
    def skeleton(self, blueprint: Blueprint, part: Part) -> str:
        """A valid, modest artifact compiled from the blueprint alone; what the offline drafter shows."""

    def files(self, part: Part, source: str) -> dict[str, str]:
        """The files that an export holds for this part: name → text, the main one first."""
        return {self.about.file_of(part.key): source}

    def accept(self, answer: str, blueprint: Blueprint, part: Part) -> Candidate:
        """Extract, check, and only when something is wrong fix and check again."""
        found = self.extract(answer, blueprint, part)
        if not found.source.strip():
            return found
        problems = self.check(found.source)
        if not has_errors(problems):
            return Candidate(found.source, found.fixes, problems)
        fixed, fixes = self.fix(found.source)
        return Candidate(fixed, found.fixes + fixes, self.check(fixed) if fixes else problems)

    def not_found(self, fixes: tuple[Fix, ...], hint: str) -> Candidate:
        """What ``extract`` gives for an answer without the artifact."""
        message = f"The answer holds no {self.about.noun}."
        missing = Problem(code=f"{self.name}.not_found", severity="error", message=message, hint=hint)
        return Candidate("", fixes, (missing,))
