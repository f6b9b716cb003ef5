"""Fields of the compact form: ``status: enum(open, closed)! = open # Status``."""

from __future__ import annotations

import re
from dataclasses import replace

from designchord.notation.openapi.api import Field, Type

_ALIASES = {
    "uuid": ("guid", "id"),
    "string": ("str", "varchar", "char", "phone", "password", "slug"),
    "text": ("longtext", "markdown", "html"),
    "integer": ("int", "long", "bigint", "int32", "int64", "smallint", "serial"),
    "decimal": ("number", "float", "double", "money", "numeric", "real"),
    "boolean": ("bool",),
    "date": (),
    "datetime": ("timestamp", "date-time", "date_time", "instant"),
    "time": (),
    "email": (),
    "url": ("uri", "link"),
    "json": ("object", "map", "any", "dict", "record"),
    "file": ("binary", "blob", "image", "upload"),
    "enum": ("choice",),
}
_NAMES = {alias: name for name, aliases in _ALIASES.items() for alias in (name, *aliases)}

_FIELD = re.compile(
    r"^[`\"']?(?P<name>[A-Za-z_][A-Za-z0-9_-]{0,99})[`\"']?\s*(?P<mark>[!?*]?)\s*(?::\s*(?P<rest>.*))?$"
)
_TYPE = re.compile(
    r"^(?P<many>(?:array|list)\s*(?:[<\[]|of\s+)\s*|\[)?(?P<name>[A-Za-z][A-Za-z0-9_-]*)\s*(?P<args>\([^()]*\)|\[[^\[\]]+\])?"
    r"(?:\s*[>\]](?=[\s!?*\[]|$))?(?P<list>\s*\[\])?\s*(?P<mark>[!?*]?)(?P<rest>.*)$",
    re.IGNORECASE,
)
_LITERALS = re.compile(
    r"^(?P<values>[\"']?[\w.-]+[\"']?(?:\s*\|\s*[\"']?[\w.-]+[\"']?)+)\s*(?P<mark>[!?]?)(?P<rest>.*)$"
)
_RANGE = re.compile(r"(?P<low>-?\d+(?:\.\d+)?)?\s*(?:\.\.+|~|-|,|to)\s*(?P<high>-?\d+(?:\.\d+)?)?\Z")
_DEFAULT = re.compile(r"(?:^|\s)(?:=|default[:=]?)\s*(?P<value>\"[^\"]*\"|'[^']*'|\S+)", re.IGNORECASE)
_EXAMPLE = re.compile(r"(?:^|\s)(?:e\.g\.|eg|ex|example)[:=]?\s*(?P<value>\"[^\"]*\"|'[^']*'|\S+)", re.IGNORECASE)
_REFERENCE = re.compile(r"(?:^|\s)(?:->|→|references|fk)\s*(?:\()?(?P<name>[A-Z][A-Za-z0-9]*)", re.IGNORECASE)


_LABEL = re.compile(r"\s+(?:#|//)\s+")
_WORD_IN_BRACKETS = re.compile(
    r"\s*(?:required|optional|nullable|unique|pk|fk|primary|read-?only|write-?only|ro|wo)\b.*", re.IGNORECASE
)


class FieldError(Exception):
    """A field that cannot be read."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def read_field(text: str, line: int) -> Field:
    """One field of a schema. A name alone is an optional string. Raises :class:`FieldError`."""
    field = _read(text, line)
    return field if field.type is not None else replace(field, type=Type())


def read_fields(text: str, line: int) -> tuple[Field, ...]:
    """A list of fields: names that the schema knows, or fields with a type of their own."""
    body, label = split_label(text)
    body = body.strip()
    if body[:1] in "{[" and body[-1:] in "}]":
        body = body[1:-1]
    parts = [part for part in _split(body) if part]
    fields = {field.name: field for field in (_read(part, line) for part in parts)}
    if len(fields) == 1 and label:
        return tuple(replace(field, label=field.label or label.strip()) for field in fields.values())
    return tuple(fields.values())


def split_label(text: str) -> tuple[str, str]:
    """A line and its label: what follows `` # `` (or `` // ``)."""
    if "#" not in text and "//" not in text:
        return text, ""
    parts = _LABEL.split(text, maxsplit=1)
    return parts[0], parts[1].strip() if len(parts) > 1 else ""


def _read(text: str, line: int) -> Field:
    content, label = split_label(text.strip())
    match = _FIELD.match(content.strip())
    if match is None:
        shown = text.strip()[:80]
        hint = "Write `name: type!` with an ASCII name in snake_case; the label follows after ` # `."
        raise FieldError("field", f"This is not a field: `{shown}`.", hint)
    required = {"!": True, "*": True, "?": False}.get(match["mark"])
    field = Field(match["name"].replace("-", "_"), required=required, label=label.strip().strip("\"'"), line=line)
    rest = (match["rest"] or "").strip().rstrip(",")
    return _with_type(field, rest) if rest else field


def _with_type(field: Field, text: str) -> Field:
    if literals := _LITERALS.match(text):
        values = tuple(value.strip().strip("\"'") for value in literals["values"].split("|"))
        return _with_flags(field, _type_of_union(values), literals["mark"], literals["rest"])
    match = _TYPE.match(text)
    if match is None:
        raise FieldError("type", f"The type of `{field.name}` cannot be read: `{text[:60]}`.", _TYPES_HINT)
    name, args = match["name"], (match["args"] or "").strip("()[]")
    rest = match["rest"]
    if _WORD_IN_BRACKETS.fullmatch(args):
        args, rest = "", f"{args} {rest}"
    if name.lower() in _NAMES:
        kind = _bounded(_NAMES[name.lower()], args)
    elif name[0].isupper():
        kind = Type("ref", schema=name)
    else:
        raise FieldError("unknown_type", f"`{name}` is not a type (field `{field.name}`).", _TYPES_HINT)
    if kind.name == "enum" and not kind.values:
        hint = "Write the values: `enum(open, closed)`."
        raise FieldError("enum", f"The enum `{field.name}` has no values.", hint)
    if match["many"] or match["list"]:
        kind = replace(kind, many=True)
    return _with_flags(field, kind, match["mark"], rest)


_TYPES_HINT = f"Types: {', '.join(_ALIASES)}, a schema's name, and `[]` for a list."


def _type_of_union(values: tuple[str, ...]) -> Type:
    """``a | b`` is an enum, ``string | null`` an optional string."""
    kinds = [value for value in values if value.lower() not in ("null", "none")]
    if len(kinds) == 1 and kinds[0].lower() in _NAMES:
        return Type(_NAMES[kinds[0].lower()])
    return Type("enum", values=tuple(dict.fromkeys(kinds)))


def _bounded(name: str, args: str) -> Type:
    if name == "enum" or (name == "string" and re.search(r"[A-Za-z]\w*\s*[,|]", args)):
        values = [value.strip().strip("\"'") for value in re.split(r"[,|/]", args)]
        return Type("enum", values=tuple(dict.fromkeys(value for value in values if value)))
    if not args or name not in ("string", "text", "integer", "decimal"):
        return Type(name)
    if name == "decimal" and re.fullmatch(r"\s*\d+\s*,\s*\d+\s*", args):
        return Type(name)  # precision and scale, as in SQL
    low = high = None
    if span := _RANGE.match(args.strip()):
        low, high = (float(part) if part else None for part in (span["low"], span["high"]))
    elif number := re.fullmatch(r"\s*(?P<word>max|min|<=|>=|>|<)?\s*(?P<number>-?\d+(?:\.\d+)?)\s*", args):
        bound = float(number["number"])
        low, high = (bound, None) if number["word"] in ("min", ">=", ">") else (None, bound)
    if low is not None and high is not None and low > high:
        low, high = high, low
    if name in ("string", "text"):
        low, high = (max(0.0, bound) if bound is not None else None for bound in (low, high))
    return Type(name, low=low, high=high)


def _with_flags(field: Field, kind: Type, mark: str, rest: str) -> Field:
    required = {"!": True, "*": True, "?": False}.get(mark, field.required)
    if not rest:
        return Field(field.name, kind, required, field.label, line=field.line)
    default, example, reference = _DEFAULT.search(rest), _EXAMPLE.search(rest), _REFERENCE.search(rest)
    words = {word.lower().strip("[](),") for word in rest.split()}
    quoted = re.search(r"\"([^\"]+)\"\s*$", rest)
    label = field.label or (quoted[1] if quoted and not default and not example else "")
    if "required" in words:
        required = True
    if words & {"optional", "nullable", "null"}:
        required = False
    return replace(
        field,
        type=kind,
        required=required,
        label=label,
        read_only=bool(words & {"readonly", "read-only", "ro", "pk", "primary", "generated", "auto"}),
        write_only=bool(words & {"writeonly", "write-only", "wo"}),
        unique="unique" in words,
        references=reference["name"] if reference else "",
        default=default["value"].strip("\"'") if default else None,
        example=example["value"].strip("\"'") if example else None,
    )


def _split(text: str) -> list[str]:
    """The parts between commas that stand outside brackets and quotes."""
    parts, depth, start, quote = [], 0, 0, ""
    for position, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign == '"':
            quote = sign
        elif sign in "([{<":
            depth += 1
        elif sign in ")]}>":
            depth = max(0, depth - 1)
        elif sign in ",;" and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    parts.append(text[start:].strip())
    return parts
