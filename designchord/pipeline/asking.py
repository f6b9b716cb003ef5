"""A request for a change that rules cannot read, put to the design's model. Writes nothing but the ledger."""

from __future__ import annotations

import time
from functools import partial

from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.changes import write_operations
from designchord.blueprint.changes.answering import ChangeCandidate, describe, read_change
from designchord.blueprint.model import Blueprint
from designchord.designs.models import Step, StepState
from designchord.designs.services.requests import Found
from designchord.designs.services.steps import Outcome
from designchord.errors import ModelError
from designchord.kinds import conversation
from designchord.pipeline.making import ModelMaker
from designchord.runtime.leases import Hold
from designchord.runtime.ports import Ports

#: Output tokens that a change may need.
_TOKENS = 4_000
#: How often an answer that is no change is asked for again, at most.
_REASKS = 2
#: Problems that are kept of an answer that came to nothing.
_PROBLEMS = 10


def read_request(*, ports: Ports, hold: Hold, step: Step) -> tuple[Found, Outcome]:
    """What the design's model makes of a request, asked again at most twice: operations, or one question to the author,
    who has answered it the second time. Raises ``ModelError`` where nobody can be asked."""
    asker = ports.models.asker(step.design.model)
    at, request = hold.lease.blueprint, step.request
    if asker is None or at is None or request is None:
        raise ModelError("There is no model any more that could read this.", code="needs_model")
    maker = _Reader(ports=ports, hold=hold, step=step, asker=asker)
    return maker.read(answering.load(at.source), at.number)


class _Reader(ModelMaker):
    """Asks as for a part; a design that has ended has no deadline, so each attempt has one of its own."""

    def read(self, blueprint: Blueprint, number: int) -> tuple[Found, Outcome]:
        request = self._step.request
        if request is None:
            raise ModelError
        self._ends = time.monotonic() + self._ports.limits.design_deadline
        answered = (request.answered[0], request.answered[1]) if request.answered else None
        result = self._ask_until_valid(
            opening=conversation.change_opening(self._brief, describe(blueprint), request.words, answered),
            instruction=conversation.change_instruction(self._brief),
            notation="json",
            max_tokens=_TOKENS,
            reasks=_REASKS,
            accept=partial(
                read_change,
                before=blueprint,
                brief=self._brief,
                words=" ".join((request.words, *(answered or ()))),
                translate=drafter.english_of,
                may_ask=answered is None,
            ),
        )
        if isinstance(result.candidate, ChangeCandidate):
            found = result.candidate
            return Found(number, write_operations(found.operations), found.question), self._outcome(result)
        failure = result.failure or ModelError()
        told = f"The model gave no change that could be made: {failure.message}"
        problems = [problem.to_dict() for problem in result.problems[:_PROBLEMS]]
        outcome = Outcome(
            state=StepState.FAILED,
            code=failure.code,
            message=told,
            refused=result.refused,
            first_token_at=self._first_token_at,
        )
        return Found(number, problems=problems), outcome
