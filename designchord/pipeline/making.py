"""Making one step's artifact: from a held lease to what is to be stored. No writes but the ledger's."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, Protocol

from django.utils import timezone

from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.incremental import GrowingBlueprint
from designchord.blueprint.model import Requirement
from designchord.blueprint.requirements import read_requirements
from designchord.blueprint.staging import Stage
from designchord.blueprint.transport import transport_schema
from designchord.designs import selectors
from designchord.designs.models import Origin, Step, StepState
from designchord.designs.services.calls import DatabaseLedger, answer_saved
from designchord.designs.services.parts import Made, NewRevision
from designchord.designs.services.steps import Outcome, step_phase
from designchord.errors import ModelError, Stopped
from designchord.events.base import Event
from designchord.kinds import conversation, registry
from designchord.kinds.base import Part
from designchord.kinds.losses import find_losses
from designchord.llm.base import Answer, Asker, Message, OnText, Request, TokenUsage, Waiting
from designchord.llm.tokens import most_tokens
from designchord.notation.problems import Problem
from designchord.pipeline.compiling import compile_part, load_beside, without_mishap
from designchord.pipeline.drafting import brief_of, drafted
from designchord.pipeline.growing import Growth
from designchord.pipeline.repair import Acceptable, RepairLoop, RepairResult
from designchord.pipeline.stages import InStages, staged_since
from designchord.runtime.leases import Hold
from designchord.runtime.live_text import LiveText
from designchord.runtime.ports import Ports

#: Output tokens that a blueprint may need.
BLUEPRINT_TOKENS = 16_000

#: For a question that was answered the same way twice.
FRESH_TEMPERATURE = 1.0

#: Seconds for which what nobody sees may gather.
UNSEEN_SECONDS = 0.5

#: Seconds kept of a design's deadline for what comes after the last call: checks, skeletons, the report.
RESERVED_SECONDS = 3.0


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Maker(Protocol):
    """Makes the artifact of one held step."""

    def make_blueprint(self) -> tuple[NewRevision, Outcome]: ...

    def make_part(self) -> Made: ...


def maker_for(*, ports: Ports, hold: Hold, step: Step) -> Maker:
    """Whoever makes what the step of this design is for: a model, or rules."""
    asker = ports.models.asker(step.design.model)
    return RulesMaker(hold, step) if asker is None else ModelMaker(ports=ports, hold=hold, step=step, asker=asker)


class _Place:
    """What a part is made from: its kind, itself, and the blueprint at the moment of the claim.

    ``empty``: nothing of it is there, as in designs of the first release.
    """

    def __init__(self, hold: Hold, step: Step) -> None:
        at = hold.lease.blueprint
        if at is None or step.part is None:  # cannot be: parts are planned with a stored blueprint
            raise ModelError("There is no blueprint to make this from.", code="no_blueprint")
        self.kind = registry.kind(step.part.kind)
        self.part = Part(step.part.key, step.part.title)
        self.empty = not step.part.current
        self.number, self.source = at.number, at.source
        self.blueprint = answering.load(at.source)

    def compiled(self, *, origin: Origin = Origin.COMPILED) -> NewRevision:
        return replace(compile_part(self.kind, self.blueprint, self.part, origin=origin), blueprint=self.number)

    def losses(self, elaborated: str) -> list[Problem]:
        """What an elaboration lost of what code reads from the blueprint alone."""
        return without_mishap(self.kind.name, partial(self._losses, elaborated)) or []

    def _losses(self, elaborated: str) -> list[Problem]:
        compiled = self.kind.skeleton(self.blueprint, self.part)
        return find_losses(self.kind.facts(compiled), self.kind.facts(elaborated))


class RulesMaker:
    """Drafts the blueprint and compiles the parts; asks nobody."""

    def __init__(self, hold: Hold, step: Step) -> None:
        self._hold, self._step = hold, step

    def make_blueprint(self) -> tuple[NewRevision, Outcome]:
        provenance = {"model": "offline", "attempts": 0}
        return drafted(self._step.design, origin=Origin.OFFLINE, provenance=provenance), Outcome()

    def make_part(self) -> Made:
        place = _Place(self._hold, self._step)
        return Made(new=place.compiled(), outcome=Outcome())


class ModelMaker:
    """Asks a model until its answer is valid. Where none comes, a draft by rules stands in for the blueprint, and parts
    stay as they were compiled."""

    def __init__(self, *, ports: Ports, hold: Hold, step: Step, asker: Asker) -> None:
        self._ports = ports
        self._hold = hold
        self._step = step
        self._asker = asker
        self._design = step.design
        self._brief = brief_of(self._design)
        self._first_token_at: datetime | None = None
        self._ends = time.monotonic() + self._design.deadline_at.timestamp() - ports.clock.now()
        again = step.attempt > 1
        self._ledger = DatabaseLedger(
            lease=hold.lease,
            owner_id=step.design.owner_id,
            run=step.run,
            limits=ports.limits,
            price=ports.models.price,
            before=selectors.usage_of_run(step_id=step.pk, run=step.run) if again else dict(selectors.NOTHING_USED),
        )

    def make_blueprint(self) -> tuple[NewRevision, Outcome]:
        load_beside()
        previous = self._current_source()
        requirements = answering.load(previous).requirements if previous else read_requirements(self._brief)
        stated = drafter.stated_in(self._brief)
        opening = conversation.blueprint_opening(self._brief, requirements, tuple(stated.lines()))
        known_since = "" if previous else self._staged_since()
        stages = None if previous else InStages(brief=self._brief, requirements=requirements)
        result = self._ask_until_valid(
            stages=stages,
            begin_in_stages=bool(known_since),
            opening=self._with_feedback(opening, previous),
            instruction=conversation.blueprint_instruction(self._brief),
            notation="json",
            schema=transport_schema(requirements),
            max_tokens=BLUEPRINT_TOKENS,
            follower=self._growth(requirements),
            accept=lambda text: answering.read(
                text,
                self._brief,
                requirements,
                wish=self._step.feedback,
                known=lambda: self._known,
                translate=drafter.english_of,
                tell=drafter.steps_of,
                stated=stated,
            ),
        )
        provenance = self._provenance(result, conversation.blueprint_prompt_version(), ())
        if stages is not None and stages.asked:
            provenance["staged_since"] = known_since or timezone.now().isoformat()
        if result.candidate is None:
            provenance["skeleton_reason"] = _failure(result).code
            new = self._drafted_beside(result.rest, provenance)
            return new, self._outcome(result, _failure(result))
        candidate = result.candidate
        if isinstance(candidate, answering.BlueprintCandidate) and candidate.wanting and not previous:
            draft = drafter.draft(self._brief, assume="none")
            candidate = answering.complete(candidate, draft, self._brief, known=lambda: self._known)
            provenance["fixes"] = [fix.to_dict() for fix in candidate.fixes]
        if result.staged and stages is not None:
            provenance["fixes"] += [fix.to_dict() for fix in stages.fixes()]
        return self._accepted(result, candidate, provenance), self._outcome(result)

    def _drafted_beside(self, refused: Acceptable | None, provenance: dict[str, Any]) -> NewRevision:
        """The stand-in of rules, with what the refused answer holds of the author's text."""
        source = refused.source if refused is not None and not self._step.feedback else ""
        return drafted(self._design, origin=Origin.SKELETON, provenance=provenance, beside=source)

    def _staged_since(self) -> str:
        design = self._design
        last = selectors.last_blueprint_provenance(owner_id=design.owner_id, model=design.model, but=design.pk)
        return staged_since(last, timezone.now())

    def _growth(self, requirements: Sequence[Requirement]) -> Growth | None:
        """What a watcher sees of the design meanwhile; nothing where an earlier one is shown."""
        if self._hold.lease.blueprint is not None:
            return None
        design = str(self._design.pk)
        return Growth(
            kinds=self._design.kinds,
            begin=lambda: GrowingBlueprint(self._brief, requirements, drafter.english_of, drafter.steps_of),
            send=lambda data: self._ports.stream.publish(Event(design, "delta", 0, dict(data))),
        )

    @cached_property
    def _known(self) -> tuple[str, ...]:
        """What rules find in the text."""
        return drafter.names_in(self._brief)

    def make_part(self) -> Made:
        place = _Place(self._hold, self._step)
        kind, blueprint, part = place.kind, place.blueprint, place.part
        instruction = kind.prompt(self._brief, blueprint, part)
        result = self._ask_until_valid(
            opening=self._with_feedback(
                conversation.part_opening(self._brief, place.source, instruction), self._current_source()
            ),
            instruction=instruction.strip(),
            notation=kind.answers_in,
            max_tokens=kind.max_tokens,
            accept=lambda text: kind.accept(text, blueprint, part),
        )
        if result.candidate is None:
            standing_in = place.compiled(origin=Origin.SKELETON) if place.empty else None
            return Made(new=standing_in, outcome=self._outcome(result, _failure(result)))
        provenance = self._provenance(result, kind.prompt_version, kind.unchecked)
        accepted = self._accepted(result, result.candidate, provenance, blueprint=place.number)
        lost = [problem.to_dict() for problem in place.losses(accepted.source)]
        return Made(new=replace(accepted, problems=[*accepted.problems, *lost]), outcome=self._outcome(result))

    # How it asks.

    def _ask_until_valid(
        self,
        *,
        opening: tuple[conversation.Turn, ...],
        instruction: str,
        notation: str,
        max_tokens: int,
        accept: Callable[[str], Acceptable],
        reasks: int | None = None,
        schema: Mapping[str, Any] | None = None,
        stages: InStages | None = None,
        begin_in_stages: bool = False,
        follower: Growth | None = None,
    ) -> RepairResult:
        live = self._live_text(follower)

        def on_text(text: str) -> float:
            if self._first_token_at is None:
                self._first_token_at = timezone.now()
            return live.add(text)

        def ask(messages: tuple[Message, ...], *, fresh: bool) -> Answer:
            temperature = FRESH_TEMPERATURE if fresh else None
            answer = self._ask(messages, max_tokens, notation, temperature, schema, on_text, live.restart)
            live.flush()
            return answer

        def unseen(_: str) -> float:
            on_text("")
            return UNSEEN_SECONDS

        def ask_stage(messages: tuple[Message, ...], stage: Stage) -> Answer:
            return self._ask(messages, stage.max_tokens, "json", None, stage.schema, unseen, live.restart)

        def show(source: str) -> None:
            live.restart()
            live.add(source)
            live.flush()

        def on_repair() -> None:
            live.restart()
            self._ports.publish(step_phase(lease=self._hold.lease, phase="repairing"))

        loop = RepairLoop(
            opening=opening,
            instruction=instruction,
            notation=notation,
            ask=ask,
            accept=accept,
            reasks=self._ports.limits.reasks if reasks is None else min(reasks, self._ports.limits.reasks),
            on_repair=on_repair,
            in_stages=partial(stages.answer, ask_stage, show) if stages is not None else None,
            begin_in_stages=begin_in_stages,
        )
        return loop.run()

    def _live_text(self, follower: Growth | None) -> LiveText:
        return LiveText(
            stream=self._ports.stream,
            design=str(self._design.pk),
            kind=self._step.kind,
            part=self._part_key,
            run=self._step.run,
            follower=follower,
        )

    def _ask(
        self,
        messages: tuple[Message, ...],
        max_tokens: int,
        notation: str,
        temperature: float | None,
        schema: Mapping[str, Any] | None,
        on_text: OnText,
        on_retry: Callable[[], None],
    ) -> Answer:
        """One question; an answer that was paid for before a crash is not paid for again."""
        question = digest("\x00".join(f"{message.role}\x01{message.content}" for message in messages))
        if self._step.attempt > 1:
            saved = answer_saved(step_id=self._step.pk, run=self._step.run, digest=question)
            if saved is not None:
                return saved
        left = self._ends - time.monotonic() - RESERVED_SECONDS
        if left <= 0:
            raise ModelError("The time for this design is over.", code="design_deadline")
        limits = self._ports.limits
        request = Request(
            messages=messages,
            max_tokens=max_tokens,
            output="json" if notation == "json" else "text",
            temperature=temperature,
            schema=schema,
            deadline=left,
            begun_by=min(limits.call_deadline, left),
            idle=limits.idle_deadline,
        )
        answer = self._asker.ask(
            request,
            ledger=self._ledger.about(question, at_most=_at_most(request)),
            owner=str(self._design.owner_id),
            on_text=on_text,
            on_retry=on_retry,
            stop=self._hold.stop,
            away=self._away,
            on_wait=self._tell_waiting,
        )
        if self._hold.lost():
            raise Stopped
        return answer

    def _tell_waiting(self, waiting: Waiting | None) -> None:
        if waiting is None:
            self._ports.publish(step_phase(lease=self._hold.lease, phase="asking"))
            return
        # How long a silence will last nobody knows.
        until = timezone.now() + timedelta(seconds=waiting.seconds) if waiting.code != "model_silent" else None
        told = {"code": waiting.code, "until": until.isoformat() if until is not None else None}
        self._ports.publish(step_phase(lease=self._hold.lease, phase="waiting", waiting=told))

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
        return selectors.current_source(design_id=self._design.pk, kind=self._step.kind, part=self._part_key)

    # How it is written down.

    @property
    def _part_key(self) -> str:
        if self._step.request_id is not None:
            return str(self._step.request_id)
        return self._step.part.key if self._step.part else ""

    def _outcome(self, result: RepairResult, failure: ModelError | None = None) -> Outcome:
        if failure is None:
            return Outcome(refused=result.refused, first_token_at=self._first_token_at)
        return Outcome(
            state=StepState.FAILED,
            code=failure.code,
            message=failure.message,
            refused=result.refused,
            first_token_at=self._first_token_at,
        )

    def _accepted(
        self, result: RepairResult, candidate: Acceptable, provenance: dict[str, Any], *, blueprint: int | None = None
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
            blueprint=blueprint,
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
