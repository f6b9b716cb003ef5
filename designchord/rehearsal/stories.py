"""Scenarios as stories that can be played: which calls, with what, made ready by which others, refused how."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Final

from designchord.blueprint.model import Blueprint, Scenario, ScenarioStep
from designchord.blueprint.naming import fold, snake
from designchord.notation.arazzo import Step, Story, Workflow
from designchord.notation.sql.model import Table
from designchord.notation.sql.naming import one_line
from designchord.rehearsal.acting import TOKEN, Acting, Deed, items_of, secrets_of
from designchord.rehearsal.budget import NO_TIME, Spent, never
from designchord.rehearsal.described import Endpoint, properties_of, required_of
from designchord.rehearsal.inventing import invent
from designchord.rehearsal.rules import in_period, period_of, rule_of
from designchord.rehearsal.samples import PASSWORD

#: Calls that make something ready for other calls, one inside the other at most.
_DEEPEST: Final = 6
_STATUS: Final = re.compile(r"(?<!\d)([45][0-9]{2})(?!\d)")
_DUPLICATE: Final = re.compile(r"already|duplicate|exists|taken|twice|unique|이미|중복|존재하는|같은", re.IGNORECASE)
_NOBODY: Final = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Gap:
    """What keeps a story from being played: ``code`` of ``rehearsal.messages``, at which step, with what words."""

    code: str
    step: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A story, and what is wanting in it. ``lent`` names the entities that nobody creates: samples stand for them."""

    story: Story
    gaps: tuple[Gap, ...] = ()
    lent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """How stories are told. ``only`` is the id of the one that is wanted; ``spent`` ends it between two steps.

    ``harmless``: each thing that a story asks (``GET``), and each refusal of that, is a workflow of its own, and what
    it needs comes of lists; nothing is sent that could change anything, whatever the server does with it. ``salt``
    makes the values that have to be unique others than the last time, for a server that remembers them.
    """

    only: str | None = None
    spent: Spent = never
    harmless: bool = False
    salt: str = ""


def tell(blueprint: Blueprint, acting: Acting, telling: Telling | None = None) -> tuple[Told, ...]:
    """Every scenario of a design as a story."""
    telling = telling or Telling()
    wanted = [one for one in reversed(blueprint.scenarios) if telling.only in (None, one.id)]
    by_id = {scenario.id: scenario for scenario in wanted}
    return tuple(_Teller(blueprint, acting, scenario, telling).told() for scenario in reversed(by_id.values()))


class _Missing(Exception):
    def __init__(self, gap: Gap) -> None:
        super().__init__(gap.code)
        self.gap = gap


@dataclass(slots=True)
class _Script:
    """A workflow while it is written. ``keys`` holds, by table, the expression of a row's key that a step gave."""

    id: str
    steps: list[Step] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    token: str = ""
    account: dict[str, Any] = field(default_factory=dict)
    making: list[str] = field(default_factory=list)
    asked_for: bool = False

    def name(self, wish: str) -> str:
        taken = {step.id for step in self.steps}
        name, number = wish, 2
        while name in taken:
            name, number = f"{wish}-{number}", number + 1
        return name


class _Teller:
    def __init__(self, blueprint: Blueprint, acting: Acting, scenario: Scenario, telling: Telling) -> None:
        self._spent, self._harmless, self._salt = telling.spent, telling.harmless, telling.salt
        self._blueprint = blueprint
        self._acting = acting
        self._scenario = scenario
        self._lent: dict[str, None] = {}

    def told(self) -> Told:
        scenario, gaps = self._scenario, []
        workflows = []
        main = [step for step in self._calls() if not step.when]
        if not main:
            gaps.append(Gap("no_calls", "", (("story", scenario.title),)))
        for name, steps, refused in self._asking() if self._harmless else self._versions(main):
            script = _Script(name)
            try:
                for step in steps:
                    if self._spent():
                        raise _Missing(Gap(NO_TIME))
                    last = step is steps[-1]
                    self._play(script, step, refused if last else None)
            except _Missing as missing:
                if missing.gap not in gaps:
                    gaps.append(missing.gap)
                if missing.gap.code == NO_TIME:
                    break
                continue
            if script.steps:
                workflows.append(self._workflow(script, refused))
        story = Story(
            scenario.id,
            one_line(scenario.title),
            one_line(scenario.description),
            scenario.requirements,
            tuple(workflows),
        )
        return Told(story, tuple(gaps), tuple(self._lent))

    def _calls(self) -> list[ScenarioStep]:
        return [step for step in self._scenario.steps if step.operation and step.kind != "reply"]

    def _versions(self, main: list[ScenarioStep]) -> Iterator[tuple[str, list[ScenarioStep], tuple[int, str] | None]]:
        """How the story goes: well, and once for each branch that refuses a call that was made before it."""
        if main:
            yield self._scenario.id, main, None
        called: list[ScenarioStep] = []
        number = 0
        for when, group in groupby(self._scenario.steps, key=lambda step: step.when):
            steps = list(group)
            if not when:
                called += [step for step in steps if step.operation and step.kind != "reply"]
                continue
            if called and (status := self._status(called[-1], steps)):
                number += 1
                yield f"{self._scenario.id}-refused-{number}", list(called), (status, when)

    def _asking(self) -> Iterator[tuple[str, list[ScenarioStep], tuple[int, str] | None]]:
        """What the story asks, and the refusals of that, each by itself."""
        for name, steps, refused in self._versions([]):
            if self._is_asking(steps[-1]):
                yield name, steps[-1:], refused
        asked = {step.operation: step for step in self._calls() if not step.when and self._is_asking(step)}
        for operation, step in asked.items():
            yield f"{self._scenario.id}-asks-{operation}", [step], None

    def _is_asking(self, step: ScenarioStep) -> bool:
        try:
            return self._deed(step.operation or "", "").endpoint.method == "GET"
        except _Missing:
            return False

    def _status(self, call: ScenarioStep, branch: list[ScenarioStep]) -> int | None:
        """With which status a branch refuses the call before it."""
        said = next((int(found[1]) for step in branch if (found := _STATUS.search(step.message))), None)
        if said is not None:
            return said
        planned = self._blueprint.operation(call.operation or "")
        text = " ".join((branch[0].when, *(step.message for step in branch))).casefold()
        fitting = [code for code, reason in (planned.errors if planned else ()) if reason and reason.casefold() in text]
        return fitting[0] if fitting else None

    def _workflow(self, script: _Script, refused: tuple[int, str] | None) -> Workflow:
        summary = self._scenario.title if refused is None else f"{refused[0]}: {refused[1]}"
        return Workflow(
            script.id,
            one_line(summary),
            inputs=tuple(script.inputs.items()),
            steps=_with_needed_outputs(script.steps),
            asked_for=script.asked_for,
        )

    # One call

    def _deed(self, operation: str, step: str) -> Deed:
        deed = self._acting.deeds.get(operation)
        planned = self._blueprint.operation(operation)
        if deed is None and planned is not None:
            deed = next((one for one in self._acting.deeds.values() if one.planned is planned), None)
        if deed is None:
            raise _Missing(Gap("no_operation", step, (("operation", operation),)))
        return deed

    def _play(self, script: _Script, step: ScenarioStep, refused: tuple[int, str] | None) -> None:
        deed = self._deed(step.operation or "", step.message)
        if deed.act == "login":
            self._sign_up(script)
        elif deed.act == "delete":
            self._there_is(script, deed, step.message)
        call = self._call(script, deed, step.message)
        if refused is None:
            script.steps.append(call)
            self._remember(script, deed, call)
            return
        for one in self._refused(script, deed, call, *refused):
            script.steps.append(one)

    def _call(self, script: _Script, deed: Deed, said: str, preparing: bool = False) -> Step:
        """A call with all that it needs, made ready by others where nothing gave it yet."""
        endpoint = deed.endpoint
        parameters: list[tuple[str, str, Any]] = []
        for parameter in endpoint.parameters:
            if parameter.place == "path":
                parameters.append((parameter.name, "path", self._path_value(script, deed, parameter.name, said)))
            elif parameter.required and parameter.place in ("query", "header"):
                parameters.append((parameter.name, parameter.place, invent(parameter.schema, parameter.name)))
        if endpoint.secured:
            parameters.insert(0, ("Authorization", "header", self._bearer(script, deed)))
        payload = None if endpoint.body is None else self._payload(script, deed, said)
        outputs = []
        schema = endpoint.responses.get(str(endpoint.success)) or {}
        key = self._key_field(deed, schema)
        if key:
            outputs.append(("id", f"$response.body#/{key}"))
        if deed.act == "login" and (token := _token_field(schema)):
            outputs.append(("token", f"$response.body#/{token}"))
        return Step(
            script.name(_step_id(endpoint.id)),
            endpoint.id,
            one_line(said),
            tuple(parameters),
            payload,
            endpoint.media,
            endpoint.success,
            tuple(outputs),
            preparing,
        )

    def _bearer(self, script: _Script, deed: Deed) -> str:
        role = deed.role or self._acting.main or "User"
        if script.token and not deed.role:
            return f"Bearer {script.token}"
        name = f"{snake(role)}_token"
        script.inputs[name] = f"{TOKEN}{role}"
        return f"Bearer {{$inputs.{name}}}"

    def _key_field(self, deed: Deed, schema: dict[str, Any] | Any) -> str:
        """Where an answer holds the key of the row that it is about."""
        table = deed.table
        if table is None or len(table.primary_key) != 1 or not isinstance(schema, dict):
            return ""
        holder = ""
        if deed.act == "list":
            name = items_of(schema)
            one = properties_of(schema).get(name, {}) if name else schema
            schema, holder = one.get("items") or {}, f"{name}/0/" if name else "0/"
        names = {fold(name): name for name in properties_of(schema)}
        found = names.get(fold(table.primary_key[0]))
        return holder + found if found else ""

    def _path_value(self, script: _Script, deed: Deed, name: str, said: str) -> str:
        if name in deed.above:
            table, _ = deed.above[name]
        elif deed.table is not None and name in deed.bound:
            table = deed.table
            if deed.bound[name] not in table.primary_key:
                raise _Missing(Gap("no_source", said, (("what", name), ("operation", deed.endpoint.id))))
        else:
            raise _Missing(Gap("no_source", said, (("what", name), ("operation", deed.endpoint.id))))
        return self._key_of(script, table, deed, said)

    def _key_of(self, script: _Script, table: Table, deed: Deed, said: str) -> str:
        """An expression for the key of a row that is there: what a step gave, or what another call gives first."""
        if table.name in script.keys:
            return script.keys[table.name]
        made = None if self._harmless else self._acting.creating(table)
        if made is not None and table.name not in script.making and len(script.making) < _DEEPEST:
            script.making.append(table.name)
            try:
                self._prepare(script, made)
            finally:
                script.making.remove(table.name)
        if table.name not in script.keys:
            listed = self._acting.listing(table)
            if listed is not None and listed is not deed and not listed.bound and table.name not in script.making:
                self._lent[table.entity or table.name] = None
                script.making.append(table.name)
                try:
                    self._prepare(script, listed)
                finally:
                    script.making.remove(table.name)
        if table.name not in script.keys:
            values = (("what", table.label or table.name), ("operation", deed.endpoint.id))
            raise _Missing(Gap("no_source", said, values))
        return script.keys[table.name]

    def _prepare(self, script: _Script, deed: Deed) -> None:
        planned = deed.planned.summary if deed.planned else deed.endpoint.id
        call = self._call(script, deed, planned, preparing=True)
        script.steps.append(call)
        self._remember(script, deed, call)

    def _there_is(self, script: _Script, deed: Deed, said: str) -> None:
        """What is taken away without being named (``DELETE /products/{id}/likes``) has to be put there before."""
        table = deed.table
        if table is None or any(name in table.primary_key for name in deed.bound.values()):
            return
        made = self._acting.creating(table)
        if made is None:
            raise _Missing(
                Gap("no_source", said, (("what", table.label or table.name), ("operation", deed.endpoint.id)))
            )
        if deed.owner and not deed.endpoint.secured:
            raise _Missing(Gap("no_caller", said, (("operation", deed.endpoint.id),)))
        if table.name not in script.keys:
            self._prepare(script, made)

    def _remember(self, script: _Script, deed: Deed, call: Step) -> None:
        given = dict(call.outputs)
        if deed.table is not None and "id" in given and deed.act in ("create", "list", "get", "update"):
            script.keys[deed.table.name] = f"$steps.{call.id}.outputs.id"
        if deed.act == "delete" and deed.table is not None:
            script.keys.pop(deed.table.name, None)
        if "token" in given:
            script.token = f"{{$steps.{call.id}.outputs.token}}"
        if deed.act == "create" and deed.table is self._acting.account and isinstance(call.payload, dict):
            script.account = call.payload

    def _sign_up(self, script: _Script) -> None:
        """Somebody has to be there before they can sign in."""
        account = self._acting.account
        made = self._acting.creating(account) if account is not None else None
        if made is not None and not script.account and secrets_of(made.endpoint):
            self._prepare(script, made)

    # Bodies

    def _payload(self, script: _Script, deed: Deed, said: str) -> Any:
        endpoint, table = deed.endpoint, deed.table
        schema = endpoint.body or {}
        required = required_of(schema)
        payload: dict[str, Any] = {}
        columns = {fold(column.name): column for column in (table.columns if table else ())}
        for name, one in properties_of(schema).items():
            column = columns.get(fold(name))
            key = table.foreign_key(column.name) if table and column else None
            if deed.act == "login":
                payload[name] = script.account.get(name, self._signing_in(endpoint, name, one))
            elif key is not None:
                target = self._acting.target(key.table)
                if name not in required and (target is None or target.name not in script.keys):
                    continue
                if target is not None:
                    payload[name] = self._key_of(script, target, deed, said)
            elif name in secrets_of(endpoint):
                payload[name] = PASSWORD
            elif deed.act == "update" and name not in required and column is not None and column.unique:
                continue
            else:
                payload[name] = self._value(script, name, one, unique=bool(column and column.unique), deed=deed)
        return payload if properties_of(schema) else invent(schema)

    def _signing_in(self, endpoint: Endpoint, name: str, schema: dict[str, Any]) -> Any:
        """Who signs in where nobody can sign up: the first of the sample accounts."""
        if name in secrets_of(endpoint):
            return PASSWORD
        account = self._acting.account
        if schema.get("format") == "email" and account is not None:
            return f"{account.name[:40].replace('_', '-')}1@example.com"
        return invent(schema, name)

    def _value(self, script: _Script, name: str, schema: dict[str, Any], *, unique: bool, deed: Deed) -> Any:
        period = period_of(deed.table) if deed.table else None
        value = invent(schema, name)
        if period and name in period and isinstance(value, str):
            return in_period(value, f"{self._salt}{script.id}", ends=name == period[1])
        if not unique or not isinstance(value, (str, int)) or isinstance(value, bool) or schema.get("enum"):
            return value
        told = hashlib.sha256(f"{self._salt}{script.id}/{len(script.steps)}/{name}".encode()).hexdigest()
        if isinstance(value, int):
            return int(told[:6], 16)
        if schema.get("format") == "email":
            return f"{told[:8]}@example.com"
        if schema.get("format") == "uri":
            return f"https://example.com/{told[:8]}"
        if schema.get("format"):
            return value
        most = int(schema.get("maxLength") or 100)
        return f"{value[: max(most - 9, 0)]} {told[:8]}".strip()[:most]

    # Refusals

    def _refused(self, script: _Script, deed: Deed, call: Step, status: int, reason: str) -> Iterator[Step]:
        """The call so that it is refused, by a rule where there is one, else by asking for that answer."""
        plain = replace(call, expects=status, outputs=(), description=one_line(reason), id=script.name(call.id))
        endpoint = deed.endpoint
        if status == 401 and endpoint.secured:
            yield replace(plain, parameters=tuple(one for one in call.parameters if one[0] != "Authorization"))
            return
        if status == 401 and deed.act == "login" and isinstance(call.payload, dict):
            wrong = {
                name: f"{value}-wrong" if name in secrets_of(endpoint) else value
                for name, value in call.payload.items()
            }
            yield replace(plain, payload=wrong)
            return
        if status == 403 and endpoint.secured and deed.role:
            script.inputs["other_token"] = f"{TOKEN}{self._acting.main}"
            yield self._with_token(plain, "Bearer {$inputs.other_token}")
            return
        paths = [one for one in call.parameters if one[1] == "path"]
        if status == 404 and paths:
            name = paths[-1][0]
            changed = tuple(
                (one[0], one[1], self._nobody(endpoint, name)) if one[:2] == (name, "path") else one
                for one in call.parameters
            )
            yield replace(plain, parameters=changed)
            return
        is_json = "json" in endpoint.media
        if (
            status in (400, 422)
            and is_json
            and isinstance(call.payload, dict)
            and (missing := required_of(endpoint.body or {}))
        ):
            left = min(missing)
            yield replace(plain, payload={name: value for name, value in call.payload.items() if name != left})
            return
        if status == 409 and self._twice(deed, call, reason):
            first = replace(call, preparing=True)
            yield first
            again = replace(plain, id=f"{first.id}-again")
            yield again
            return
        script.asked_for = True
        yield replace(plain, parameters=(*call.parameters, ("Prefer", "header", f"code={status}")))

    def _with_token(self, step: Step, bearer: str) -> Step:
        kept = tuple(one for one in step.parameters if one[0] != "Authorization")
        return replace(step, parameters=(("Authorization", "header", bearer), *kept))

    def _nobody(self, endpoint: Endpoint, name: str) -> str:
        schema = next((one.schema for one in endpoint.parameters if one.name == name), {})
        return "999999999" if "integer" in str(schema.get("type")) else _NOBODY

    def _twice(self, deed: Deed, call: Step, reason: str) -> bool:
        """Whether the same call a second time breaks a rule: a key that is taken, a period, a status."""
        table = deed.table
        if table is None:
            return False
        if deed.act == "update" and deed.moves is not None:
            return True
        if deed.act != "create":
            return False
        if rule_of(reason, table)[0] == "overlap":
            return True
        sent = {fold(name) for name in call.payload} if isinstance(call.payload, dict) else set()
        sent |= {fold(column) for column in (*deed.bound.values(), deed.owner) if column}
        groups = [(column.name,) for column in table.columns if column.unique and not column.primary]
        held = any(all(fold(name) in sent for name in group) for group in (*groups, *table.uniques))
        return held and (bool(_DUPLICATE.search(reason)) or deed.table is self._acting.account)


def _with_needed_outputs(steps: list[Step]) -> tuple[Step, ...]:
    """The steps with the outputs that others use; that a log-in gives a token is part of its story."""
    used = " ".join(f"{one.parameters} {one.payload}" for one in steps)
    return tuple(
        replace(
            one,
            outputs=tuple(
                given for given in one.outputs if given[0] == "token" or f"$steps.{one.id}.outputs.{given[0]}" in used
            ),
        )
        for one in steps
    )


def _token_field(schema: Any) -> str:
    names = properties_of(schema) if isinstance(schema, dict) else {}
    wanted = ("access_token", "accesstoken", "token", "jwt", "id_token")
    return next((name for name in names if name.lower() in wanted), "")


def _step_id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_\-]+", "-", name).strip("-") or "call"
