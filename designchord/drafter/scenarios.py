"""Stories through the system: one for each act that changes something, with the branches that refuse it."""

from __future__ import annotations

from typing import Literal

from designchord.blueprint.model import Scenario, ScenarioStep
from designchord.drafter.sketch import Call, Sketch
from designchord.language import naming
from designchord.language.words import tells

MAX_SCENARIOS = 12
MAX_BRANCHES = 4


def tell(sketch: Sketch) -> None:
    """Fill ``sketch.scenarios``: what the text asks for first, then what is assumed, twelve at most."""
    grounded = [call for call in sketch.calls if not call.assumed]
    changing = [call for call in grounded if call.method != "GET"]
    reading = [call for call in grounded if call.method == "GET"]
    wanted = changing[:10]
    covered = {rid for call in wanted for rid in call.requirements}
    wanted += [call for call in reading if set(call.requirements) - covered][: MAX_SCENARIOS - len(wanted)]
    wanted += changing[10 : 10 + MAX_SCENARIOS - len(wanted)]
    if not wanted:
        wanted = sketch.calls[:1]
    used: set[str] = set()
    for call in sorted(wanted, key=sketch.calls.index):
        slug = naming.slug(call.id) or "story"
        if slug not in used:
            used.add(slug)
            sketch.scenarios.append(_scenario(sketch, call, slug))


def _scenario(sketch: Sketch, call: Call, slug: str) -> Scenario:
    actor = call.actor or next(iter(sketch.actors))
    if sketch.actors[actor].kind == "external":
        actor = next((a.id for a in sketch.actors.values() if a.kind == "person"), actor)
    steps = [_step(actor, "System", call.summary, operation=call.id)]
    steps += _middle(sketch, call, actor)
    steps.append(_step("System", actor, _closing(sketch, call), kind="reply"))
    return Scenario(
        id=slug,
        title=call.summary,
        actor=actor,
        steps=tuple(steps),
        requirements=call.requirements,
        assumed=call.assumed,
    )


def _middle(sketch: Sketch, call: Call, actor: str) -> list[ScenarioStep]:
    say, label = sketch.phrases, sketch.label(call.thing)
    if call.act in {"list", "get", "mine"}:
        key = "step_find" if call.act != "get" else "step_find_one"
        found = [
            _step("System", "Database", say.thing(key, label)),
            _step("Database", "System", say("step_found"), kind="reply"),
        ]
        return found + _branches(sketch, call, actor)
    steps: list[ScenarioStep] = []
    branches = _branches(sketch, call, actor)
    if call.act == "login":
        steps.append(_step("System", "Database", say.thing("step_find_one", label)))
        steps.append(_step("Database", "System", say("step_found"), kind="reply"))
        steps.append(_step("System", "System", say("step_verify"), kind="self"))
        return [*steps, *branches, _step("System", "System", say("step_token"), kind="self")]
    if branches:
        checked = sketch.label(call.target) if call.target else label
        steps.append(_step("System", "Database", say.thing("step_check", checked)))
        steps.append(_step("Database", "System", say("step_found"), kind="reply"))
        steps += branches
    elif parent := _looked_up(sketch, call):
        steps.append(_step("System", "Database", say.thing("step_find_one", parent)))
        steps.append(_step("Database", "System", say("step_found"), kind="reply"))
    gateway = next((a for a in sketch.actors.values() if a.kind == "external"), None)
    if call.thing == "Payment" and gateway is not None:
        steps.append(_step("System", gateway.id, say("step_external", summary=call.summary)))
        steps.append(_step(gateway.id, "System", say("step_external_done"), kind="reply"))
    key = (
        "step_remove" if call.method == "DELETE" else "step_change" if call.act in {"action", "update"} else "step_save"
    )
    steps.append(_step("System", "Database", say.thing(key, label)))
    steps.append(_step("Database", "System", say("step_saved"), kind="reply"))
    return steps + _notices(sketch, call, actor)


def _looked_up(sketch: Sketch, call: Call) -> str:
    """The label of what must be there before a call can be carried out."""
    if call.act in {"update", "delete", "action"}:
        return sketch.label(call.thing)
    if call.act not in {"create", "on", "off"}:
        return ""
    parents = [link.parent for link in sketch.columns(call.thing) if link.parent != sketch.account and link.required]
    name = call.target or (parents[0] if parents else "")
    return sketch.label(name) if name else ""


def _notices(sketch: Sketch, call: Call, actor: str) -> list[ScenarioStep]:
    """Who is told about it, where the text says that somebody is."""
    for statement in call.statements:
        for act in statement.parse.acts:
            if not tells(act):
                continue
            named = [m for m in (act.target, *act.objects) if m is not None and m.kind == "person"]
            after = named or [m for m in statement.parse.entities if m.kind == "person"]
            names = [sketch.aliases.get(m.name, m.name) for m in after]
            told = next((name for name in reversed(names) if name in sketch.actors), actor)
            message = sketch.phrases.thing("step_notify", sketch.label(call.thing))
            return [_step("System", told, message, kind="reply")]
    return []


def _branches(sketch: Sketch, call: Call, actor: str) -> list[ScenarioStep]:
    steps = []
    for status, reason in [*call.errors, *call.assumed_errors][:MAX_BRANCHES]:
        message = sketch.phrases("step_refused", reason=reason, status=status)
        steps.append(_step("System", actor, message, kind="reply", when=reason))
    return steps


def _closing(sketch: Sketch, call: Call) -> str:
    label = sketch.label(call.thing)
    if call.act in {"list", "mine"}:
        return sketch.phrases.thing("step_shown", label)
    if call.act == "get":
        return sketch.phrases.thing("step_shown_one", label)
    return sketch.phrases("step_done", summary=call.summary)


def _step(
    source: str,
    target: str,
    message: str,
    *,
    kind: Literal["call", "reply", "self"] = "call",
    operation: str | None = None,
    when: str = "",
) -> ScenarioStep:
    return ScenarioStep(
        source=source, target=target, message=message[:200], kind=kind, operation=operation, when=when[:300]
    )
