"""What a person can do with designs. Faces parse, call one of these, and render; nothing else changes anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint, Brief
from designchord.designs import selectors
from designchord.designs.models import (
    Assume,
    Design,
    DesignState,
    Effort,
    Origin,
    Owner,
    Verification,
)
from designchord.designs.services import accounts, designs, requests
from designchord.designs.services.parts import NewRevision, refuse_outdated
from designchord.designs.services.verifications import NewVerification, verification_add
from designchord.errors import BadInput, Conflict, NotFound
from designchord.kinds import registry
from designchord.kinds.about import EFFORTS
from designchord.llm.providers import OFFLINE
from designchord.notation.problems import has_errors
from designchord.pipeline.change_verbs import ChangeVerbs
from designchord.pipeline.changing import invalid_blueprint
from designchord.pipeline.compiling import compile_design
from designchord.pipeline.estimate import NOTHING_ASKED, Estimate, estimate
from designchord.pipeline.making import digest
from designchord.pipeline.verifications import find_blueprint
from designchord.pipeline.vetting import vet_brief, vet_source, vet_title


class Verbs(ChangeVerbs):
    """The verbs, with the ports they need. ``owner`` is whoever asks; foreign designs do not exist for them."""

    def start(
        self,
        *,
        owner: Owner,
        brief: Brief,
        kinds: Sequence[str] = (),
        model: str = "",
        idempotency_key: str | None = None,
        blueprint: str = "",
        assume: str = Assume.USUAL,
        effort: str = "",
    ) -> tuple[Design, bool]:
        """Accept an idea: the design and whether it is new (the same key gives the same design again).

        With a ``blueprint`` (its source) that somebody already has, only the parts are made. ``assume`` says what the
        drafter may add where it makes or stands in for the blueprint, ``effort`` how much a model writes (``""``: what
        is usual here).
        """
        brief = vet_brief(brief, self._ports.limits)
        for kind in kinds:
            registry.kind(kind)
        chosen = tuple(name for name in registry.KINDS if not kinds or name in kinds)
        request = [brief.title, brief.content, brief.requirements, brief.language, list(chosen), model]
        if assume not in Assume.values:
            raise BadInput("What to assume is either none or usual.", code="unknown_assume", field="assume")
        if assume != Assume.USUAL:
            request.append(assume)
        if effort:
            request.append(effort)
        effort = self._effort(effort)
        name = self._ports.models.resolve(model)
        given, compiled = None, None
        if blueprint:
            given, read = self._given(blueprint)
            asked = "" if name == OFFLINE else effort
            compiled = compile_design(chosen, read, effort=asked, language=brief.language)
            request.append(given.source)
        new = designs.NewDesign(
            brief=brief,
            kinds=chosen,
            model=name,
            digest=digest(json.dumps(request)),
            idempotency_key=idempotency_key,
            deadline=self._ports.limits.design_deadline,
            in_flight=self._ports.limits.designs_in_flight,
            assume=Assume(assume),
            effort=Effort(effort),
            blueprint=given,
            compiled=compiled,
        )
        design, created = designs.design_create(owner=owner, new=new)
        if created:
            self._steps.enqueue(selectors.steps_ready(design_id=design.pk), owner=owner.pk)
        return design, created

    def estimate(
        self, *, brief: Brief, kinds: Sequence[str] = (), model: str = "", effort: str = ""
    ) -> tuple[str, str, dict[str, Estimate]]:
        """The model that would be asked, the effort, and what the design would probably take with each effort; nothing
        is stored."""
        brief, effort = vet_brief(brief, self._ports.limits), self._effort(effort)
        name = self._ports.models.resolve(model)
        if name == OFFLINE:
            return name, effort, dict.fromkeys(EFFORTS, NOTHING_ASKED)
        chosen = [kind for kind in registry.KINDS if not kinds or kind in kinds]
        found = estimate(
            brief,
            chosen,
            cost=lambda usage: self._ports.models.price(name, usage),
            tokens_per_second=selectors.tokens_per_second(model=name),
        )
        return name, effort, found

    def cancel(self, *, owner: Owner, design_id: UUID | str) -> None:
        """Stop a design that is under way; what is there stays. One that has ended is left as it is."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        self._cancel(design)

    def retry(self, *, owner: Owner, design_id: UUID | str, kind: str = "", part: str | None = None) -> int:
        """Run again what failed or was cancelled, or of that only one kind or part; the number of steps that run."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        lost = selectors.steps_lost(design=design, kind=kind, part=part)
        if not lost:
            raise Conflict("There is nothing to retry: no such step failed or was cancelled.", code="nothing_to_retry")
        return self._steps.rerun_lost(design, lost)

    def regenerate(self, *, owner: Owner, design_id: UUID | str, kind: str, part: str = "", feedback: str = "") -> None:
        """Make one artifact anew, following a wish in words."""
        design, found, _ = selectors.artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
        refuse_outdated(found)
        if len(feedback) > 10_000:
            raise BadInput("The feedback is too long: 10,000 characters at most.", code="too_large")
        if feedback and design.model == OFFLINE:
            raise Conflict(
                "This design was made without a model, so there is nobody to follow feedback. Configure a model, "
                "or edit the artifact.",
                code="offline_feedback",
            )
        if not self._steps.rerun(design.pk, [found.step.pk], feedback=feedback.strip()):
            raise Conflict("This artifact is being made at the moment. Wait until it is there.", code="step_busy")

    def refresh(self, *, owner: Owner, design_id: UUID | str, with_edited: bool = False) -> int:
        """Make again every artifact that is out of date; ones edited by hand only ``with_edited``."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        return self._steps.rerun_stale(design.pk, with_edited=with_edited)

    def keep_verification(
        self, *, owner: Owner, design_id: UUID | str, fingerprint: str, new: NewVerification
    ) -> tuple[Verification, bool]:
        """Keep what a verification found, and whether it is new. ``fingerprint`` names the blueprint that it speaks
        of."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        number = find_blueprint(design_id=design.pk, wanted=fingerprint) if fingerprint else None
        new = replace(new, who=owner.username, blueprint=number)
        row, events = verification_add(design_id=design.pk, new=new)
        self._ports.publish(events)
        return row, bool(events)

    def delete(self, *, owner: Owner, design_id: UUID | str) -> None:
        """Delete a design; for a day it can be taken back."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        self._cancel(design)
        self._ports.publish(requests.requests_close(design_id=design.pk))
        designs.design_delete(design_id=design.pk)

    def erase(self, *, design_id: UUID) -> None:
        """Stop a design and delete it for good, whoever's it is. For staff; owners have a day to change their mind."""
        for design in Design.objects.filter(pk=design_id):
            self._cancel(design)
            designs.design_erase(design_id=design.pk)

    def rename(self, *, owner: Owner, design_id: UUID | str, title: str) -> None:
        """Call a design otherwise."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        self._ports.publish(designs.design_rename(design_id=design.pk, title=vet_title(title, self._ports.limits)))

    def share(self, *, owner: Owner, design_id: UUID | str) -> str:
        """A token under which anybody can read the design, until ``unshare``."""
        return designs.design_share(design_id=selectors.design_get(owner=owner, design_id=design_id).pk)

    def unshare(self, *, owner: Owner, design_id: UUID | str) -> None:
        designs.design_unshare(design_id=selectors.design_get(owner=owner, design_id=design_id).pk)

    def undelete(self, *, owner: Owner, design_id: UUID | str) -> None:
        design = selectors.design_get(owner=owner, design_id=design_id, deleted=True)
        if not designs.design_undelete(design_id=design.pk):
            raise NotFound("This design is not deleted.", code="design_not_deleted")

    def everything_of(self, *, owner: Owner) -> Iterator[tuple[str, dict[str, Any]]]:
        """All that is kept of an owner: names and JSON-ready values."""
        return selectors.everything_of(owner=owner)

    def delete_owner(self, *, owner: Owner) -> None:
        """Stop and delete everything of an owner, and the owner. Nothing can be taken back."""
        for design in selectors.designs_under_way(owner=owner):
            self._cancel(design)
        accounts.owner_delete(owner=owner)

    def _effort(self, wish: str) -> str:
        effort = wish or self._ports.effort
        if effort not in EFFORTS:
            raise BadInput(f"An effort is one of {', '.join(EFFORTS)}.", code="unknown_effort", field="effort")
        return effort

    def _given(self, source: str) -> tuple[NewRevision, Blueprint]:
        source = vet_source(source, self._ports.limits)
        blueprint, problems = answering.check(source)
        if blueprint is None or has_errors(problems):
            raise invalid_blueprint(problems)
        found = [problem.to_dict() for problem in problems]
        new = NewRevision(source=source, origin=Origin.EDITED, problems=found, by_hand=True)
        return new, blueprint

    def _cancel(self, design: Design) -> None:
        self._ports.publish(
            designs.design_cancel(
                design_id=design.pk, state=DesignState.CANCELLED, code="cancelled", message="Stopped on request."
            )
        )
