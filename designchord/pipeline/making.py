"""Making one step's artifact: from a held lease to what is to be stored. No writes but the ledger's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils import timezone

from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint, Brief
from designchord.designs import selectors
from designchord.designs.models import Assume, Design, Origin, Step, StepState
from designchord.designs.services.artifacts import NewRevision, Outcome, PlannedStep
from designchord.designs.services.calls import DatabaseLedger, answer_saved
from designchord.designs.services.steps import step_phase
from designchord.errors import ModelError, Stopped
from designchord.kinds import conversation, registry
from designchord.kinds.base import Kind, Part
from designchord.llm.base import Answer, Asker, Message, OnText, Request, TokenUsage
from designchord.llm.tokens import most_tokens
from designchord.pipeline.repair import Acceptable, RepairResult, repair_loop
from designchord.runtime.leases import Hold
from designchord.runtime.live_text import LiveText
from designchord.runtime.ports import Ports

#: Output tokens that a blueprint may need.
BLUEPRINT_TOKENS = 16_000

#: Seconds kept of a design's deadline for what comes after the last call: checks, skeletons, the report.
RESERVED_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Made:
    """What a step made, and whether it is what was asked for (``failure`` is None) or stands in for it."""

    new: NewRevision
    failure: ModelError | None = None
    first_token_at: datetime | None = None

    def stored(self) -> Outcome:
        if self.failure is None:
            return Outcome(new=self.new, first_token_at=self.first_token_at)
        return Outcome(
            new=self.new,
            state=StepState.FAILED,
            code=self.failure.code,
            message=self.failure.message,
            first_token_at=self.first_token_at,
        )


def brief_of(design: Design) -> Brief:
    return Brief(design.title, design.content, design.requirements, design.language)


def drafting(design: Design) -> Literal["none", "usual"]:
    """What the drafter may add to what the text says."""
    return "none" if design.assume == Assume.NONE else "usual"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def planned_parts(kinds: Sequence[str], blueprint: Blueprint) -> list[PlannedStep]:
    """The parts that a blueprint calls for. A part's inputs are what its skeleton is compiled from, so their digest is
    that of the skeleton: it changes exactly when something changes that the part is about."""
    plans = [
        (name, part, digest(registry.kind(name).skeleton(blueprint, part)))
        for name in kinds
        for part in registry.kind(name).parts(blueprint)
    ]
    return [
        PlannedStep(kind=name, part=part.key, title=part.title[:200], position=position, inputs=inputs)
        for position, (name, part, inputs) in enumerate(plans, start=1)
    ]


class Maker:
    """Makes the artifact of one held step."""

    def __init__(self, *, ports: Ports, hold: Hold, step: Step) -> None:
        self._ports = ports
        self._hold = hold
        self._step = step
        self._design = step.design
        self._brief = brief_of(self._design)
        self._first_token_at: datetime | None = None
        again = step.attempt > 1
        self._ledger = DatabaseLedger(
            lease=hold.lease,
            owner_id=step.design.owner_id,
            run=step.run,
            limits=ports.limits,
            price=ports.models.price,
            before=selectors.usage_of_run(step_id=step.pk, run=step.run) if again else dict(selectors.NOTHING_USED),
        )

    def make_blueprint(self) -> Made:
        asker = self._asker()
        if asker is None:
            return Made(self._blueprint_drafted(Origin.OFFLINE, {"model": "offline", "attempts": 0}))
        result = self._ask_until_valid(
            asker,
            opening=self._with_feedback(conversation.blueprint_opening(self._brief), self._current_source()),
            instruction=conversation.blueprint_instruction(self._brief),
            notation="json",
            max_tokens=BLUEPRINT_TOKENS,
            accept=lambda text: answering.read(text, self._brief),
        )
        provenance = self._provenance(result, conversation.blueprint_prompt_version(), ())
        if result.candidate is None:
            provenance["skeleton_reason"] = _failure(result).code
            return self._made(self._blueprint_drafted(Origin.SKELETON, provenance), _failure(result))
        return self._made(self._accepted(result, result.candidate, provenance, inputs=""))

    def make_part(self) -> Made:
        kind = registry.kind(self._step.kind)
        part = Part(self._step.part, self._step.title)
        source = self._hold.lease.blueprint
        if source is None:  # cannot be: parts are planned from a stored blueprint
            raise ModelError("There is no blueprint to make this from.", code="no_blueprint")
        blueprint = answering.load(source)
        asker = self._asker()
        if asker is None:
            provenance: dict[str, Any] = {"model": "offline", "attempts": 0, "unchecked": list(kind.unchecked)}
            return Made(self._compiled(kind, blueprint, part, Origin.OFFLINE, provenance))
        instruction = kind.prompt(self._brief, blueprint, part)
        result = self._ask_until_valid(
            asker,
            opening=self._with_feedback(
                conversation.part_opening(self._brief, source, instruction), self._current_source()
            ),
            instruction=instruction.strip(),
            notation=kind.answers_in,
            max_tokens=kind.max_tokens,
            accept=lambda text: kind.accept(text, blueprint, part),
        )
        provenance = self._provenance(result, kind.prompt_version, kind.unchecked)
        if result.candidate is None:
            provenance["skeleton_reason"] = _failure(result).code
            new = self._compiled(kind, blueprint, part, Origin.SKELETON, provenance)
            return self._made(new, _failure(result))
        return self._made(self._accepted(result, result.candidate, provenance, inputs=self._step.inputs))

    # How it asks.

    def _asker(self) -> Asker | None:
        return self._ports.models.asker(self._design.model)

    def _ask_until_valid(
        self,
        asker: Asker,
        *,
        opening: tuple[conversation.Turn, ...],
        instruction: str,
        notation: str,
        max_tokens: int,
        accept: Callable[[str], Acceptable],
    ) -> RepairResult:
        live = LiveText(
            stream=self._ports.stream,
            design=str(self._design.pk),
            kind=self._step.kind,
            part=self._step.part,
            run=self._step.run,
        )

        def on_text(text: str) -> float:
            if self._first_token_at is None:
                self._first_token_at = timezone.now()
            return live.add(text)

        def ask(messages: tuple[Message, ...]) -> Answer:
            answer = self._ask(asker, messages, max_tokens, notation, on_text, live.restart)
            live.flush()
            return answer

        def on_repair() -> None:
            live.restart()
            self._ports.publish(step_phase(lease=self._hold.lease, phase="repairing"))

        return repair_loop(
            opening=opening,
            instruction=instruction,
            notation=notation,
            ask=ask,
            accept=accept,
            reasks=self._ports.limits.reasks,
            on_repair=on_repair,
        )

    def _ask(
        self,
        asker: Asker,
        messages: tuple[Message, ...],
        max_tokens: int,
        notation: str,
        on_text: OnText,
        on_retry: Callable[[], None],
    ) -> Answer:
        """One question; an answer that was paid for before a crash is not paid for again."""
        question = digest("\x00".join(f"{message.role}\x01{message.content}" for message in messages))
        if self._step.attempt > 1:
            saved = answer_saved(step_id=self._step.pk, run=self._step.run, digest=question)
            if saved is not None:
                return saved
        left = (self._design.deadline_at - timezone.now()).total_seconds() - RESERVED_SECONDS
        if left <= 0:
            raise ModelError("The time for this design is over.", code="design_deadline")
        limits = self._ports.limits
        request = Request(
            messages=messages,
            max_tokens=max_tokens,
            output="json" if notation == "json" else "text",
            deadline=min(limits.call_deadline, left),
            idle=limits.idle_deadline,
        )
        answer = asker.ask(
            request,
            ledger=self._ledger.about(question, at_most=_at_most(request)),
            owner=str(self._design.owner_id),
            on_text=on_text,
            on_retry=on_retry,
            stop=self._hold.stop,
            away=self._away,
        )
        if self._hold.lost():
            raise Stopped
        return answer

    def _away(self, *, calling: bool) -> AbstractContextManager[None]:
        """Let others work meanwhile. A blueprint's answer leads to further calls, a part's to none."""
        return self._ports.admission.vacated(urgent=calling or self._step.kind == "blueprint")

    def _with_feedback(
        self, opening: tuple[conversation.Turn, ...], previous: str | None
    ) -> tuple[conversation.Turn, ...]:
        if not self._step.feedback or previous is None:
            return opening
        role, text = opening[-1]
        return (*opening[:-1], (role, f"{text}\n\n{conversation.feedback(previous, self._step.feedback)}"))

    def _current_source(self) -> str | None:
        if not self._step.feedback:
            return None
        return selectors.current_source(design_id=self._design.pk, kind=self._step.kind, part=self._step.part)

    # How it is written down.

    def _made(self, new: NewRevision, failure: ModelError | None = None) -> Made:
        return Made(new, failure, self._first_token_at)

    def _blueprint_drafted(self, origin: Origin, provenance: dict[str, Any]) -> NewRevision:
        blueprint = drafter.draft(self._brief, assume=drafting(self._design))
        return NewRevision(source=answering.dump(blueprint), origin=origin, provenance=provenance)

    def _compiled(
        self, kind: Kind, blueprint: Blueprint, part: Part, origin: Origin, provenance: dict[str, Any]
    ) -> NewRevision:
        """A skeleton as a revision; it passes the same check as any other artifact."""
        skeleton = kind.skeleton(blueprint, part)
        return NewRevision(
            source=skeleton,
            origin=origin,
            problems=[problem.to_dict() for problem in kind.check(skeleton)],
            provenance=provenance,
            inputs=self._step.inputs,
        )

    def _accepted(
        self, result: RepairResult, candidate: Acceptable, provenance: dict[str, Any], *, inputs: str
    ) -> NewRevision:
        if self._step.run > 1:
            origin = Origin.REGENERATED
        else:
            origin = Origin.GENERATED if result.at_first_try else Origin.REPAIRED
        return NewRevision(
            source=candidate.source,
            origin=origin,
            problems=[problem.to_dict() for problem in candidate.problems],
            provenance=provenance,
            inputs=inputs,
        )

    def _provenance(self, result: RepairResult, prompt: str, unchecked: tuple[str, ...]) -> dict[str, Any]:
        fixes = result.candidate.fixes if result.candidate else ()
        return {
            "model": result.model or self._design.model,
            "prompt": prompt,
            "attempts": result.attempts,
            "fixes": [fix.to_dict() for fix in fixes],
            "refused": list(result.refused),
            "unchecked": list(unchecked),
            **self._ledger.used,
        }


def _at_most(request: Request) -> TokenUsage:
    """What a call may use."""
    asked = sum(most_tokens(message.content) for message in request.messages)
    return TokenUsage(input=asked, output=request.max_tokens, estimated=True)


def _failure(result: RepairResult) -> ModelError:
    return result.failure or ModelError()
