"""A request for a change that rules cannot read, put to the design's model. Writes nothing but the ledger."""

from __future__ import annotations

from functools import partial

from designchord import drafter
from designchord.blueprint.changes.answering import ChangeCandidate, describe, read_change
from designchord.blueprint.model import Blueprint
from designchord.designs import selectors
from designchord.designs.connections import release_connection
from designchord.designs.models import Design, Part, Step
from designchord.designs.services.calls import DatabaseLedger
from designchord.designs.services.steps import Lease
from designchord.errors import Conflict, ModelError
from designchord.kinds import conversation
from designchord.llm.base import Answer, Asker, Message, Request, TokenUsage
from designchord.llm.tokens import most_tokens
from designchord.pipeline.drafting import brief_of
from designchord.pipeline.making import FRESH_TEMPERATURE, digest
from designchord.pipeline.repair import RepairLoop
from designchord.runtime.ports import Ports

#: Output tokens that a change may need.
_TOKENS = 4_000
#: Somebody waits for the answer: it is begun within so many seconds, and whole within twice as many.
_SECONDS = 60.0
_REASKS = 2


def ask_for_change(
    *,
    ports: Ports,
    asker: Asker,
    design: Design,
    part: Part,
    blueprint: Blueprint,
    words: str,
    answered: tuple[str, str] | None = None,
) -> ChangeCandidate:
    """What the design's model makes of a request, asked again at most twice: operations, or one question to the author,
    who has ``answered`` it the second time. Raises ``Conflict`` with the model's own code where it gives no change that
    can be carried out."""
    step = Step.objects.get(part=part)
    ledger = DatabaseLedger(
        lease=Lease(step=step.pk, token=step.token, design=design.pk, taken=step, blueprint=None),
        owner_id=design.owner_id,
        run=step.run,
        limits=ports.limits,
        price=ports.models.price,
        before=dict(selectors.NOTHING_USED),
    )
    release_connection()
    brief = brief_of(design)

    def ask(messages: tuple[Message, ...], *, fresh: bool) -> Answer:
        seconds = min(_SECONDS, ports.limits.call_deadline)
        request = Request(
            messages=messages,
            max_tokens=_TOKENS,
            output="json",
            temperature=FRESH_TEMPERATURE if fresh else None,
            schema=None,
            deadline=2 * seconds,
            begun_by=seconds,
            idle=min(seconds, ports.limits.idle_deadline),
        )
        question = digest("\x00".join(message.content for message in messages))
        at_most = TokenUsage(input=sum(most_tokens(one.content) for one in messages), output=_TOKENS, estimated=True)
        return asker.ask(request, ledger=ledger.about(question, at_most=at_most), owner=str(design.owner_id))

    loop = RepairLoop(
        opening=conversation.change_opening(brief, describe(blueprint), words, answered),
        instruction=conversation.change_instruction(brief),
        notation="json",
        ask=ask,
        accept=partial(
            read_change,
            before=blueprint,
            brief=brief,
            words=" ".join((words, *(answered or ()))),
            translate=drafter.english_of,
            may_ask=answered is None,
        ),
        reasks=min(_REASKS, ports.limits.reasks),
        on_repair=lambda: None,
    )
    result = loop.run()
    if isinstance(result.candidate, ChangeCandidate):
        return result.candidate
    failure = result.failure or ModelError()
    raise Conflict(
        f"The model gave no change that could be made: {failure.message}",
        code=failure.code,
        problems=[problem.to_dict() for problem in result.problems[:10]],
    )
