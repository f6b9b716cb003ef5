"""Why an ER diagram does not parse: the causes that are known, the most telling first."""

from __future__ import annotations

import re
from typing import Any, Final

from designchord.notation.mermaid.causes import Cause, Explanation, dash, fence, full_width, last_line, placeholder
from designchord.notation.mermaid.families.er.syntax import CONSTRAINT, JOINED, in_block


def shift_before(lines: list[str], row: int) -> tuple[int, int] | None:
    """The line in the same entity whose surplus words pushed the reading out of step before it broke."""
    inside = in_block(lines)
    start = row
    while start > 1 and inside[start - 2]:
        start -= 1
    for number in range(start, row):
        line = re.sub(r'"[^"]*"', "", lines[number - 1])
        words = re.sub(r"\b(PK|FK|UK)\b|,", " ", line, flags=re.IGNORECASE).split()
        if inside[number - 1] and len(words) % 2 and not line.strip().startswith("%%"):
            return number, len(line) - len(line.lstrip()) + 1
    return None


def _stray_comment(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    if re.match(r"\s*(//|#|--\s)", lines[row - 1]):
        return Explanation("mermaid.comment", "This is not a comment in Mermaid.", "Comments begin with `%%`.")
    return None


def _attribute(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    # an attribute that ends too early is noticed at the first word of the next line
    inside = in_block(lines)
    for number in (row - 1, row):
        if number >= 1 and inside[number - 1] and re.search(r"[,;]\s*$", lines[number - 1]):
            return _attribute_end(lines[number - 1].rstrip(), number)
    for number in (row, row - 1):
        if number < 1 or not inside[number - 1]:
            continue
        finding = _attribute_line(lines[number - 1].strip())
        if finding is not None:
            return finding
    return _attribute_meant(lines, row) if inside[row - 1] else None


def _attribute_meant(lines: list[str], row: int) -> Explanation | None:
    """The attribute that a line was meant for, where nothing tells more of what is wrong in it."""
    from designchord.notation.mermaid.families.er.attributes import repaired  # when something is wrong only

    line = lines[row - 1]
    parts = [part.strip() for part in line.split(";")]
    if len(parts) > 1 and '"' not in line:
        right = next((part for part in parts if part), "string name")[:60]
        hint = f"Let each attribute stand on a line of its own: `{right}`."
        return Explanation("er.attribute_end", "A semicolon does not part attributes.", hint)
    if line.count('"') % 2:
        hint = f'Write `{line.strip()[:60]}"`.'
        return Explanation("er.attribute", "The quotes of this comment are not closed.", hint)
    mended = repaired(line)
    if mended is None:
        return None
    message = "An attribute is a type and a name of one word each, then its keys, then a comment in double quotes."
    return Explanation("er.attribute", message, f"Write `{mended[0].strip()[:80]}`.")


def _attribute_end(line: str, number: int) -> Explanation:
    right = line[:-1].strip()[:60]
    return Explanation(
        "er.attribute_end", f"`{line[-1]}` cannot end an attribute.", f"Write `{right}`.", (number, len(line))
    )


def _attribute_line(line: str) -> Explanation | None:
    bare = re.sub(r'"[^"]*"', "", line)
    if re.search(r"\b(PK|FK|UK)\b[\s/|&+]+(PK|FK|UK)\b", bare, re.IGNORECASE):
        return Explanation("er.key_comma", "Two keys need a comma between them.", "Write `PK, FK`.")
    if re.match(r"\S+\([^)]*\s[^)]*\)", bare):
        return Explanation("er.type_space", "A type cannot hold a space.", "Write `decimal(10,2)`, without the space.")
    if re.match(r"enum\s*\(.*['\"]", line, re.IGNORECASE):
        return Explanation(
            "er.enum_values",
            "The values of an enum cannot stand in the type.",
            'Write `enum status "open, closed"`.',
        )
    constraint = CONSTRAINT.search(bare)
    if constraint and len(bare.split()) > 2:
        return Explanation(
            "er.constraint_word",
            f"`{constraint.group()}` cannot stand in an attribute.",
            'Put it into the comment: `string name "not null"`. Unique is `UK`.',
        )
    quoted = re.fullmatch(r"(\S+)\s+\"([^\"]+)\"(.*)", line)
    if quoted and not re.fullmatch(r"PK|FK|UK", quoted.group(1), re.IGNORECASE):
        name = re.sub(r"\W+", "_", quoted.group(2).strip())
        right = f"{quoted.group(1)} {name}{quoted.group(3)}"[:80]
        return Explanation("er.attribute_name", "An attribute's name stands without quotes.", f"Write `{right}`.")
    if re.fullmatch(r"[\w\u00c0-\uffff]+\s*((PK|FK|UK)\b.*)?", bare):
        return Explanation("er.attribute_type", "An attribute needs a type and a name.", "Write `string name`.")
    typed = re.match(r"[+\-#~]?\s*(\w+)\s*:\s*(\w*)", bare)
    if typed:
        right = f"{typed.group(2) or 'string'} {typed.group(1)}"[:80]
        return Explanation(
            "er.attribute_order", "An attribute is written as type, then name, without a colon.", f"Write `{right}`."
        )
    if re.match(r"\S+\s+\d", bare):
        return Explanation(
            "er.attribute_name",
            "An attribute's name cannot begin with a digit.",
            "Begin it with a letter, for example `_50`.",
        )
    return None


#: A relation as it should be, and words behind it.
_WITHOUT_COLON: Final = re.compile(
    r"""^\s*((?:"[^"]+"|[^\s"{}|:]+)\s+(?:\|\||\|o|\}\||\}o)(?:--|\.\.)(?:\|\||o\||\|\{|o\{)\s+(?:"[^"]+"|[^\s"{}|:]+))\s+"""
    r"""([^\s:%{][^:]*)$"""
)


def _relation(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1]
    if not JOINED.search(line) or in_block(lines)[row - 1]:
        return None
    if re.search(r";\s*$", line):
        return _semicolon_after(line)
    alias = re.search(r"([^\s\[\](){}|]{1,80})\s*(?:\[([^\]]*)\]|\(([^)]*)\))", re.sub(r":.*", "", line))
    if alias:
        name, label = alias.group(1), (alias.group(2) or alias.group(3) or "").strip('" ')
        return Explanation(
            "er.alias_in_relation",
            f"`{alias.group()}` cannot stand in a relation: another name is given where the entity stands alone.",
            f'Write `{name}["{label}"]` on a line of its own, and `{name}` here.',
        )
    if re.search(r":\s*$", line) and error["token"] in ("NEWLINE", "EOF"):
        return Explanation(
            "er.no_label", "A relation needs a label.", f'Write it behind the colon: `{line.strip()} "has"`.'
        )
    unmarked = _WITHOUT_COLON.match(line)
    if unmarked:
        label = unmarked.group(2).strip('" ')
        right = f"{unmarked.group(1)} : " + (f'"{label}"' if " " in label else label)
        return Explanation(
            "er.missing_colon",
            "A colon is missing between the entities and the label.",
            f"Write `{right[:80]}`.",
            (row, unmarked.start(2) + 1),
        )
    if error["token"] in ("NEWLINE", "EOF") and ":" not in line:
        return Explanation("er.no_label", "A relation needs a label.", 'Write it at the end: `A ||--o{ B : "has"`.')
    head, colon, label = line.partition(":")
    if colon and re.search(r"(?:--|\.\.)[|}{o]{2}\s*$", head):
        right = f"{head.strip()} B : {_as_label(label)}"[:80]
        return Explanation("er.one_entity", "The relation has one entity only.", f"Name the other one: `{right}`.")
    if colon and len(head) < int(error["at"]["column"]) and (finding := _label(head.strip(), label.strip())):
        return finding
    return Explanation("er.cardinality", "This relation's ends are not understood.", _ENDS)


_ENDS: Final = (
    "Each end is one of `||` (one), `|o`/`o|` (none or one), `}|`/`|{` (one or more), `}o`/`o{` (any number), "
    'joined by `--` or `..`: `A ||--o{ B : "has"`.'
)


def _label(head: str, label: str) -> Explanation | None:
    """What is wrong with a label, and the relation with it as it should be."""
    remark = re.search(r"\s(?:%%|//|#|--)\s*(.*)$", label) if label.count('"') in (0, 2) else None
    if remark:
        right = f"{head} : {_as_label(label[: remark.start()])}"[:80]
        return Explanation(
            "mermaid.comment",
            "A comment cannot stand behind a relation.",
            f"Write `{right}`, and `%% {remark.group(1)[:60]}` on a line of its own.",
        )
    if not label:
        return None
    if label[0] in "“”＂":
        hint = f"Write `{f'{head} : {_as_label(label)}'[:80]}`."
        return Explanation("mermaid.full_width", f'`{label[0]}` is not `"`.', hint)
    message = "A label of several words, or with other signs than letters, stands in double quotes."
    if label.startswith('"') and label.count('"') % 2:
        message = "The quotes of this label are not closed."
    elif label.count('"') >= 2:
        message = "The whole label stands in double quotes, and holds none."
    return Explanation("er.label_quotes", message, f"Write `{f'{head} : {_as_label(label)}'[:80]}`.")


def _as_label(label: str) -> str:
    bare = re.sub(r"[\"“”＂]|^'|'$", "", label.strip()).strip()
    return bare if re.fullmatch(r"[A-Za-z_][\w-]*", bare) else f'"{bare}"'


def _semicolon_after(line: str) -> Explanation:
    right = line.strip().rstrip("; ")
    hint = f"Write `{right[:80]}`."
    if ";" in re.sub(r'"[^"]*"', "", right):
        hint = f"Write each statement on a line of its own, without semicolons: `{right.partition(';')[0][:80]}`."
    return Explanation("er.semicolon", "No semicolon ends a statement of an ER diagram.", hint)


def _sentence(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    """Words such as ``many`` are ends of relations, so a sentence with one of them is taken for half of one."""
    line = lines[row - 1]
    if in_block(lines)[row - 1] or JOINED.search(line) or "{" in line:
        return None
    word = re.search(r"\b(?:one|many|only|zero|optionally)\b", line, re.IGNORECASE)
    if word is None or not {"IDENTIFYING", "NON_IDENTIFYING"} & set(error["expected"]):
        return None
    message = f"`{word.group()}` is read as the end of a relation, and the rest of this line is none."
    return Explanation("er.cardinality", message, 'Write a relation, `A ||--o{ B : "has"`, or a comment, `%% …`.')


def _reserved(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1]
    if re.fullmatch(r"\s*end\s*;?\s*", line, re.IGNORECASE):
        return Explanation("mermaid.stray_end", "This `end` closes nothing.", "Remove it.")
    found = re.match(rf"\s*({_NAME_OF_NOTATION})\s*(?:\{{|\[|(?=[|}}o]))", line, re.IGNORECASE)
    found = found or re.search(rf"[|{{o]\s+({_NAME_OF_NOTATION})\s*(?::|$)", line, re.IGNORECASE)
    if found is None:
        return None
    return Explanation(
        "mermaid.reserved_word",
        f"`{found.group(1)}` is a word of the notation.",
        f'As the name of an entity it stands in quotes: `"{found.group(1)}"`.',
        (row, found.start(1) + 1),
    )


_NAME_OF_NOTATION: Final = r"class|classDef|style|end|subgraph|one|many|only|to"


def _block(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1].strip()
    if re.fullmatch(r"\}\s*[;,]+", line):
        return Explanation("er.semicolon", f"No `{line[-1]}` stands behind the `}}` of an entity.", "Write `}`.")
    named = re.match(r"([^\s(){}\"]+)\s*\(([^()]*)\)\s*(\{|$)", line)
    if named and not in_block(lines)[row - 1]:
        right = f'{named.group(1)}["{named.group(2).strip(chr(34))}"] {named.group(3)}'.strip()
        return Explanation(
            "er.entity_name", "Another name for an entity stands in square brackets.", f"Write `{right[:80]}`."
        )
    bare = [re.sub(r'"[^"]*"', "", text) for text in lines[:row] if not JOINED.search(text)]
    depth = sum(text.count("{") - text.count("}") for text in bare)
    if line.startswith("}") and depth < 0:
        return Explanation("mermaid.stray_end", "This `}` closes nothing.", "Remove it.")
    if depth > 0 and (re.match(r"\S+\s*\{", line) or error["token"] in ("EOF", "$end") or row >= last_line(lines)):
        return Explanation(
            "mermaid.unclosed_block", "An entity's `{` is not closed.", "Write `}` after its last attribute."
        )
    head, brace, _ = line.partition("{")
    if brace and '"' not in head and len(head.split()) > 1:
        return Explanation(
            "er.entity_name", "An entity's name of several words stands in quotes.", 'Write `"Order Item" {`.'
        )
    return None


CAUSES: Final[tuple[Cause, ...]] = (
    fence,
    placeholder,
    full_width,
    dash,
    _stray_comment,
    _reserved,
    _attribute,
    _relation,
    _sentence,
    _block,
)
