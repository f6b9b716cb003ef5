"""Why an ER diagram does not parse: the causes that are known, the most telling first."""

from __future__ import annotations

import re
from typing import Any, Final

from designchord.notation.mermaid.causes import Cause, Explanation, dash, fence, full_width, last_line, placeholder
from designchord.notation.mermaid.families.er.syntax import CONSTRAINT, in_block


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
    return None


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
    if not re.search(r"--|\.\.|—|–|->|<-", line) or in_block(lines)[row - 1]:
        return None
    if re.search(r";\s*$", line):
        return Explanation(
            "er.semicolon", "No semicolon ends a relation.", f"Write `{line.strip().rstrip('; ')[:80]}`."
        )
    alias = re.search(r"([^\s\[\]]{1,80})\[([^\]]*)\]", re.sub(r":.*", "", line))
    if alias:
        return Explanation(
            "er.alias_in_relation",
            f"`{alias.group()}` cannot stand in a relation: another name is given where the entity stands alone.",
            f"Write `{alias.group()}` on a line of its own, and `{alias.group(1)}` here.",
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
    label = line.split(":", 1)[1].strip() if ":" in line else ""
    if label and not label.startswith('"') and line.index(":") < int(error["at"]["column"]):
        return Explanation(
            "er.label_quotes", "A label of several words stands in quotes.", 'Write `A ||--o{ B : "has many"`.'
        )
    return Explanation(
        "er.cardinality",
        "This relation's ends are not understood.",
        "Each end is one of `||` (one), `|o`/`o|` (none or one), `}|`/`|{` (one or more), `}o`/`o{` (any number), "
        'joined by `--` or `..`: `A ||--o{ B : "has"`.',
    )


def _reserved(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1]
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
    depth = sum(re.sub(r'"[^"]*"', "", text).count("{") for text in lines[:row] if not re.search(r"--|\.\.", text))
    depth -= sum(re.sub(r'"[^"]*"', "", text).count("}") for text in lines[:row] if not re.search(r"--|\.\.", text))
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
    _block,
)
