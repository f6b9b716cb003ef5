"""The calls that records of their sort usually need: assumed, and said to be."""

from __future__ import annotations

from designchord.blueprint.model import Actor
from designchord.drafter import calls
from designchord.drafter.covering import say_operations
from designchord.drafter.sketch import Call, Sketch, Thing
from designchord.language.cues import shows
from designchord.language.lexicon import lexicon


def add_usual(sketch: Sketch) -> None:
    """What every record needs to be of use: somebody makes it, somebody finds it."""
    for thing in sketch.things.values():
        mine = [call for call in sketch.calls if call.thing == thing.name]
        account = thing.name == sketch.account
        if (account and mine) or thing.junction or thing.name.endswith("History"):
            continue
        acts = {call.act for call in mine}
        if account:
            _assume_account(sketch, thing)
            continue
        wanted = _wanted(sketch, thing, acts)
        made = []
        for kind in wanted:
            before = len(sketch.calls)
            call = calls.add(sketch, kind, thing)
            if call is not None and len(sketch.calls) > before:
                call.assumed = True
                made.append(call)
        if made:
            sketch.assuming(say_operations(sketch, thing, made), calls.named(made))


def _wanted(sketch: Sketch, thing: Thing, acts: set[str]) -> list[str]:
    """What somebody must be able to do for the flows that the text names: to pick a tool there must be tools to see."""
    toggle = thing.concept is not None and thing.concept.toggle
    single = thing.concept is not None and thing.concept.single
    if toggle or calls.is_line(thing):
        return [] if acts else ["create"]
    seen = [] if acts & {"list", "get", "on", "mine"} else ["get" if single else "list"]
    made = (
        bool(acts & {"create", "on"}) or system_made(thing) or is_told(thing) or single or thing.name in sketch.actors
    )
    return seen if made or not _worked_with(sketch, thing, acts) else ["create", *seen]


def _worked_with(sketch: Sketch, thing: Thing, acts: set[str]) -> bool:
    """Whether a flow of the text starts from the thing: something is done to it, or made that belongs to it."""
    done = {call.thing for call in sketch.calls if not call.assumed} - {sketch.account}
    children = {link.child for link in sketch.links if link.parent == thing.name}
    own = thing.concept is not None and thing.concept.own
    return bool(acts) or own or not done or bool(children & done)


def keeper_of(sketch: Sketch, call: Call, main: str) -> str:
    """Who looks after records that are nobody's own: patients do not register doctors."""
    thing = sketch.things.get(call.thing)
    if (
        call.act != "create"
        or thing is None
        or main != sketch.account
        or (thing.concept is not None and thing.concept.own)
    ):
        return main
    parents = [link.parent for link in sketch.links if link.child == thing.name]
    if sketch.account in parents or (thing.concept is None or not thing.concept.curated):
        return main
    staff = [a for a in sketch.actors.values() if a.kind == "person" and a.id != main]
    known = ((a, lexicon().concepts.get(a.id)) for a in staff)
    keepers = [a for a, concept in known if concept is not None and concept.staff and concept.name != "Author"]
    if keepers:
        return keepers[0].id
    sketch.actors["Admin"] = Actor(id="Admin", label=sketch.phrases("actor_admin"))
    sketch.assuming(sketch.phrases("assume_admin"), "actor:Admin")
    return "Admin"


def is_told(thing: Thing) -> bool:
    """Whether such records go to whoever the text says is told."""
    return thing.concept is not None and thing.concept.told


def system_made(thing: Thing) -> bool:
    """Records that the system writes itself: nobody posts a notification or an alarm."""
    return thing.name in {"Notification", "Alarm", "AuditLog", "Receipt", "Stock", "Point", "Payroll", "Ranking"}


def _assume_account(sketch: Sketch, thing: Thing) -> None:
    if any(shows("no_accounts", statement.text) for statement in sketch.statements):
        return
    made = [call for kind in ("signup", "login") if (call := calls.add_account(sketch, kind)) is not None]
    for call in made:
        call.assumed = True
    if made:
        sketch.assuming(sketch.phrases("assume_account", label=thing.label, name=thing.name), calls.named(made))
