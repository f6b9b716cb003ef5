"""Read the compact form: line by line, indentation and order as they come, every problem with its line.

The form is described in ``docs/compact-api.md``. A line says by its own shape what it is, so a slip stays in its line.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from typing import Any, cast

from designchord.notation.openapi.api import (
    PARAMETER,
    Api,
    Body,
    Field,
    Method,
    Operation,
    Result,
    Schema,
    pascal,
    snake,
)
from designchord.notation.openapi.compact_fields import FieldError, read_field, read_fields, split_label
from designchord.notation.problems import Problem, Severity

MAX_CHARS = 200_000
MAX_LINES = 5_000
MAX_LINE = 2_000

_METHOD = r"(?P<method>GET|POST|PUT|PATCH|DELETE)"
_OPERATION = re.compile(rf"^[`*]*{_METHOD}[`*:]*\s+`?(?P<path>/\S*?)[`:*]*(?:\s+(?P<rest>.*))?$", re.IGNORECASE)
_SCHEMA = re.compile(
    r"^(?:(?:schema|model|type|entity)\s+(?P<name>[A-Za-z][\w.-]*)|(?P<bare>[A-Z][A-Za-z0-9]*))\s*"
    r"(?P<end>[:{]?)\s*(?P<rest>.*)$"
)
_SECTION = re.compile(r"^(?:#{2,6}\s+|section\b\s*:?\s*)(?P<name>.+)$", re.IGNORECASE)
_KEY = re.compile(r"^(?P<key>[A-Za-z_]+)\s*:\s*(?P<value>.*)$")
_STATUS = re.compile(r"^[\"']?(?P<status>[1-5]\d\d)[\"']?\s*[:=\- ]\s*(?P<text>.*)$")
_ARROW = re.compile(r"^(?:->|→|=>)\s*(?P<value>.*)$")
_GROUP = re.compile(
    r"^(?:schemas?|models?|types|entities|operations?|paths|endpoints|fields|properties|errors|responses|components)\s*:?\s*$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_NOISE = re.compile(r"(?:---|[{}],?|//.*|```.*|~~~.*)\Z")
_REQUIREMENT = re.compile(r"\bR\d{1,4}\b")
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~-]+|\{[A-Za-z_][A-Za-z0-9_]*\}|[A-Za-z0-9._~-]*:[A-Za-z0-9._~-]+))+\Z|/\Z")
_QUOTED_AT_END = re.compile(r"\s*(?:\"([^\"]*)\"|「([^」]*)」)$")
_NOTHING = re.compile(r"(?:none|nothing|void|empty|no content|null|-)\Z", re.IGNORECASE)
_KEYS = {
    "body": ("body", "request", "input", "send", "payload"),
    "query": ("query", "filters", "filter", "params", "parameters"),
    "returns": ("returns", "return", "response", "output", "answer", "result"),
    "errors": ("errors", "error"),
    "section": ("tag", "tags", "section"),
    "label": ("summary", "label", "title"),
    "description": ("description", "about", "note"),
    "requirements": ("requirements", "requirement", "reqs", "covers", "implements"),
    "auth": ("auth", "security"),
    "id": ("id", "operationid", "name"),
    "entity": ("entity", "schema", "resource"),
}
_MEANING = {word: meaning for meaning, words in _KEYS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Parsed:
    """The model of a compact text, and what is wrong with the text; with errors the model is incomplete."""

    api: Api
    problems: tuple[Problem, ...]


def is_compact(text: str) -> bool:
    """Whether a text has at least one line that only the compact form has."""
    return any(_OPERATION.match(_BULLET.sub("", line[:MAX_LINE].strip())) for line in text.split("\n"))


def starts_compact(line: str) -> bool:
    """Whether a compact text may begin with this line."""
    line = line[:MAX_LINE].strip()
    return bool(re.match(r"(?:api|title)\s*:", line, re.IGNORECASE) or _OPERATION.match(line)) or line.startswith(
        "schema "
    )


def parse(text: str) -> Parsed:
    """The model of a compact text. Never raises."""
    reader = _Reader()
    lines = text[:MAX_CHARS].replace("\t", "  ").split("\n")
    for number, line in enumerate(lines[:MAX_LINES], 1):
        reader.read(number, line[:MAX_LINE])
    if len(text) > MAX_CHARS or len(lines) > MAX_LINES:
        reader.report(len(lines), "too_large", "error", "The text is too long and was cut.", "Write fewer operations.")
    return reader.finish()


@dataclass(slots=True)
class _Reader:
    """What was read so far, and what the next lines belong to."""

    head: dict[str, str] = field(default_factory=dict)
    section: str = ""
    schemas: dict[str, Schema] = field(default_factory=dict)
    #: The fields of each schema, by name.
    fields: dict[str, dict[str, Field]] = field(default_factory=dict)
    #: What is known of each operation, by the names of its model.
    operations: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: ``head``, ``schema`` or ``operation``.
    context: str = "head"
    schema: str = ""
    line: int = 0
    #: What the indented lines after an empty ``body:`` belong to, and how far that line was indented.
    block: str = ""
    indent: int = 0

    def report(self, line: int, code: str, severity: Severity, message: str, hint: str | None = None) -> None:
        problem = Problem(
            code=f"compact.{code}", severity=severity, message=message, line=line, column=1, hint=hint, kind="api"
        )
        self.problems.append(problem)

    def read(self, number: int, raw: str) -> None:
        line = raw.strip()
        if bullet := _BULLET.match(line):
            line = line[bullet.end() :]
        indent = len(raw) - len(raw.lstrip())
        self.line = number
        if not line or _NOISE.match(line):
            return
        if self.block:
            if self._read_block_line(line, indent):
                return
            self.block = ""
        if _GROUP.match(line):
            return
        if operation := _OPERATION.match(line):
            self._begin_operation(operation)
        elif section := _SECTION.match(line):
            self.section = section["name"].strip().strip(":*\"'").strip()
        elif line.startswith("#"):
            return
        elif self.context == "operation":
            if not self._read_operation_line(line, indent) and not self._begins_schema(line):
                hint = "Write `body:`, `query:`, `-> Schema`, `409: reason`, or begin an operation with its method."
                self.report(number, "unreadable", "error", f"This line cannot be read: `{_clip(line)}`.", hint)
        elif self._begins_schema(line):
            return
        elif self.context == "schema":
            self._read_field(line)
        else:
            self._read_head(line)

    # The head

    def _read_head(self, line: str) -> None:
        entry = _KEY.match(line)
        if entry is None:
            if self.head:  # before the first key, it is only prose that a model put in front
                self.report(self.line, "unreadable", "warning", f"This line was left out: `{_clip(line)}`.")
            return
        key = entry["key"].lower()
        key = {"title": "api", "name": "api", "description": "about", "security": "auth"}.get(key, key)
        self.head.setdefault(key, _unquote(split_label(entry["value"])[0]))

    # Schemas

    def _begins_schema(self, line: str) -> bool:
        match = _SCHEMA.match(line)
        if match is None:
            return False
        name = match["name"] or match["bare"]
        text, label = _without_label(match["rest"])
        if match["name"] is None and (not match["end"] or text):
            return False  # `Loan: integer` is a field of that name, `Loan something` is prose
        name = pascal(name)
        if name in self.schemas:
            self.report(
                self.line, "duplicate_schema", "warning", f"`{name}` is declared twice; the fields were joined."
            )
        else:
            self.schemas[name] = Schema(name, label or _unquote(text.strip(" {}:,")), line=self.line)
            self.fields[name] = {}
        self.context, self.schema = "schema", name
        return True

    def _read_field(self, line: str) -> None:
        try:
            found = read_field(line.rstrip(","), self.line)
        except FieldError as error:
            self.report(self.line, error.code, "error", error.message, error.hint)
            return
        if self.fields[self.schema].setdefault(found.name, found) is not found:
            self.report(self.line, "duplicate_field", "warning", f"`{found.name}` stands twice; the first one counts.")

    # Operations

    def _begin_operation(self, match: re.Match[str]) -> None:
        self.context = "operation"
        path = self._clean_path(match["path"])
        method = cast("Method", match["method"].upper())
        rest, label = _without_label(match["rest"] or "")
        rest, arrow, result = rest.partition("->")
        requirements = tuple(_REQUIREMENT.findall(rest))
        words = re.sub(r"[\[\](),]|:(?=\s|$)", " ", _REQUIREMENT.sub(" ", rest)).split()
        public = any(word.lower() in ("public", "auth:none", "noauth") for word in words)
        words = [
            word for word in words if word.lower() not in ("public", "auth:none", "noauth", "-", ":", "auth:", "none")
        ]
        name = next((word for word in words if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", word)), "")
        if not label:
            label = _unquote(" ".join(word for word in words if word != name))
        self.operations.append(
            {
                "method": method,
                "path": path,
                "id": name or _operation_id(method, path),
                "label": label,
                "section": self.section,
                "requirements": requirements,
                "public": public,
                "line": self.line,
            }
        )
        if arrow:
            self._set_result(result)

    def _clean_path(self, path: str) -> str:
        path, question, _ = path.rstrip(",;").partition("?")
        if question:
            message = "Query parameters do not belong into the path; they were left out."
            self.report(self.line, "path", "warning", message, "List them under `query:`.")
        path = re.sub(r"(?<=/):(\w+)|<(?:\w+:)?(\w+)>", lambda m: f"{{{m[1] or m[2]}}}", path)
        path = PARAMETER.sub(lambda m: "{" + snake(re.sub(r"\W+", "_", m[1])) + "}", path)
        path = re.sub(r"/{2,}", "/", path)
        path = path.rstrip("/") or "/"
        if not _PATH.match(path):
            message = f"The path `{_clip(path)}` cannot be used."
            hint = "Write words in lower case with hyphens, and parameters as `{loan_id}`."
            self.report(self.line, "path", "error", message, hint)
        return path

    def _read_operation_line(self, line: str, indent: int) -> bool:
        """Whether a line was read as part of the last operation."""
        self.indent = indent
        if arrow := _ARROW.match(line):
            self._set("returns", arrow["value"].strip())
            return True
        if status := _STATUS.match(line):
            self._add_status(int(status["status"]), status["text"])
            return True
        entry = _KEY.match(line)
        if entry is None:
            return False
        meaning = _MEANING.get(entry["key"].lower())
        if meaning is None:
            if indent == 0 or entry["key"][0].isupper():
                return False  # a schema may begin here
            self.report(self.line, "left_out", "warning", f"This line was left out: `{_clip(line)}`.")
            return True
        if meaning == "entity" and not entry["value"].strip():
            return False
        self._set(meaning, entry["value"].strip())
        return True

    def _read_block_line(self, line: str, indent: int) -> bool:
        """Whether a line still belongs to the fields that are listed below ``body:``, ``query:`` or ``-> {``."""
        if indent <= self.indent or _ARROW.match(line) or _STATUS.match(line) or _OPERATION.match(line):
            return False
        fields = self._fields(line)
        operation = self.operations[-1]
        match self.block:
            case "query":
                self._change(query=operation.get("query", ()) + fields)
            case "returns":
                known = operation.get("result", Result())
                self._change(result=Result("one", fields=known.fields + fields, status=known.status, line=self.line))
            case _:
                known_fields = operation["body"].fields if operation.get("body") else ()
                self._change(body=Body(fields=known_fields + fields, line=self.line))
        return True

    def _set(self, meaning: str, value: str) -> None:
        if value in ("", "{") and meaning in ("body", "query", "returns"):
            self.block = meaning
            return
        plain = _unquote(_without_label(value)[0])
        match meaning:
            case "body":
                self._set_body(value)
            case "query":
                self._change(query=self._fields(value))
            case "returns":
                self._set_result(value)
            case "errors":
                for part in re.split(r"[;,]\s*(?=[45]\d\d\b)", value.strip("[]{}")):
                    if status := _STATUS.match(part.strip() + " "):
                        self._add_status(int(status["status"]), status["text"])
            case "requirements":
                self._change(requirements=(*self.operations[-1]["requirements"], *_REQUIREMENT.findall(value)))
            case "auth":
                self._change(public=plain.lower() in ("none", "no", "public", "false", ""))
            case "id":
                if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", plain):
                    self._change(id=plain)
            case "section" | "label" | "description" | "entity":
                self._change(**{meaning: plain.strip("[]")})

    def _change(self, **values: object) -> None:
        self.operations[-1] |= values

    def _fields(self, value: str) -> tuple[Field, ...]:
        if _NOTHING.match(value.strip()):
            return ()
        try:
            return read_fields(value, self.line)
        except FieldError as error:
            self.report(self.line, error.code, "error", error.message, error.hint)
            return ()

    def _set_body(self, value: str) -> None:
        text = _without_label(value)[0].strip()
        if _NOTHING.match(text):
            self._change(body=Body(line=self.line))
        elif re.fullmatch(r"[A-Z][A-Za-z0-9]*", text):
            self._change(body=Body(text, line=self.line))
        elif text:
            self._change(body=Body(fields=self._fields(text), line=self.line))

    def _add_status(self, status: int, text: str) -> None:
        reason = _unquote(text.replace(" # ", " ").strip())
        if 200 <= status < 300:
            self._set_result(text, status)
        elif status >= 400:
            self._change(errors=(*self.operations[-1].get("errors", ()), (status, reason)))

    def _set_result(self, value: str, status: int | None = None) -> None:
        text = _without_label(value)[0].strip().rstrip(".,;")
        if number := re.match(r"(2\d\d)\b[:,]?\s*", text):
            status, text = int(number[1]), text[number.end() :]
        if not text or _NOTHING.match(text):
            self._change(result=Result(status=status, line=self.line))
            return
        if text.startswith("{"):
            self._change(result=Result("one", fields=self._fields(text), status=status, line=self.line))
            return
        shape = "one"
        if re.search(r"\bpage\b|\bpaged\b|^page<|\bpaginated\b", text, re.IGNORECASE):
            shape = "page"
        elif re.search(r"\[\]|^\[|\blist\b|\barray\b", text, re.IGNORECASE):
            shape = "list"
        names = [word for word in re.findall(r"[A-Za-z][A-Za-z0-9]*", text) if word[0].isupper()]
        names = [name for name in names if name not in ("Page", "List", "Array")]
        if len(names) != 1:
            message = f"What the operation answers cannot be read: `{_clip(text)}`."
            hint = "Write `-> Loan`, `-> Loan[]`, `-> page Loan`, `-> {token: string!}` or `-> none`."
            self.report(self.line, "result", "error", message, hint)
            return
        self._change(result=Result(shape, names[0], status=status, line=self.line))  # type: ignore[arg-type]

    # All together

    def finish(self) -> Parsed:
        api = Api(
            title=self.head.get("api", ""),
            version=self.head.get("version", "1.0.0") or "1.0.0",
            description=self.head.get("about", ""),
            secured=self.head.get("auth", "none").lower() not in ("none", "no", "false", "public", ""),
            schemas=tuple(
                replace(schema, fields=tuple(self.fields[name].values())) for name, schema in self.schemas.items()
            ),
            operations=tuple(Operation(**known) for known in self.operations),
        )
        if not self.operations:
            hint = "Write each as `GET /plural-nouns verbNouns -> page Entity`."
            self.report(1, "no_operations", "error", "There is no operation.", hint)
        self._check_names(api)
        self._check_operations(api)
        order = sorted(self.problems, key=lambda problem: problem.line or 0)
        return Parsed(api, tuple(order))

    def _check_names(self, api: Api) -> None:
        """Every schema that is spoken of must be declared."""
        known = [schema.name for schema in api.schemas]
        used = [(f.type.schema, f.line) for s in api.schemas for f in s.fields if f.type and f.type.name == "ref"]
        for operation in api.operations:
            used.append((operation.result.schema, operation.result.line))
            fields = (*operation.query, *operation.result.fields)
            if operation.body:
                used.append((operation.body.schema, operation.body.line))
                fields += operation.body.fields
            used += [(f.type.schema, f.line or operation.line) for f in fields if f.type and f.type.name == "ref"]
        for name, line in dict.fromkeys(used):
            if name and name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"Did you mean `{near[0]}`?" if near else f"Declare it: `schema {name}` with its fields."
                self.report(line, "unknown_schema", "error", f"`{name}` is neither a type nor a declared schema.", hint)

    def _check_operations(self, api: Api) -> None:
        seen: dict[tuple[str, str], Operation] = {}
        for operation in api.operations:
            key = (operation.method, PARAMETER.sub("{}", operation.path))
            if key in seen:
                message = f"{operation.method} {operation.path} stands twice (first in line {seen[key].line})."
                self.report(operation.line, "duplicate_operation", "error", message, "Remove one, or change its path.")
            seen.setdefault(key, operation)
            if len(set(operation.parameters)) < len(operation.parameters):
                message = f"A parameter stands twice in `{operation.path}`."
                self.report(operation.line, "path", "error", message, "Give each parameter its own name.")


def _without_label(text: str) -> tuple[str, str]:
    """A line's content and its label: what follows `` # ``, or a quoted text at the end."""
    content, label = split_label(text)
    if not label and text.startswith("# "):
        content, label = "", text[2:]
    content = content.rstrip()
    quoted = _QUOTED_AT_END.search(content) if content.endswith(('"', "」")) else None
    if not label and quoted and content[: quoted.start()].rstrip()[-1:] not in ("=", ":", "."):
        return content[: quoted.start()].rstrip(), (quoted[1] or quoted[2] or "").strip()
    return content, _unquote(label)


def _unquote(text: str) -> str:
    text = text.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`" else text


def _operation_id(method: str, path: str) -> str:
    """A name for an operation that came without one: ``GET /loans/{loan_id}`` → ``getLoansByLoanId``."""
    words = [f"By{pascal(part[1:-1])}" if part.startswith("{") else pascal(part) for part in path.split("/") if part]
    return method.lower() + "".join(words)


def _clip(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"
