"""What is kept of each thing: what the text names, then what is usual."""

from __future__ import annotations

import re

from designchord.blueprint.drafting import naming
from designchord.blueprint.drafting.lexicon import Feature, lexicon
from designchord.blueprint.drafting.sketch import Sketch, Thing
from designchord.blueprint.drafting.statements import Statement
from designchord.blueprint.drafting.words import Mention
from designchord.blueprint.model import Attribute

_STATES = re.compile(
    r"(?:state|status)\s*\(([a-z ,/|'\"-]{3,80})\)|상태\s*\(([가-힣A-Za-z_ ,/·]{3,80})\)", re.IGNORECASE
)
_GENERAL = (Feature("name", "string"), Feature("created_at", "datetime"))


def describe(sketch: Sketch) -> None:
    """Give every thing its key, the attributes that the text names and, where allowed, the usual ones."""
    for thing in sketch.things.values():
        if "id" not in thing.attributes:
            key = Attribute(name="id", type="uuid", label="ID", key="primary")
            thing.attributes = {"id": key, **thing.attributes}
    for statement in sketch.statements:
        if not statement.aside:
            _read(sketch, statement)
    for thing in sketch.things.values():
        _states(sketch, thing)
        if sketch.assume == "usual" and not thing.given:
            _usual(sketch, thing)
        _tidy(thing)


def _read(sketch: Sketch, statement: Statement) -> None:
    for mention in statement.parse.mentions:
        if mention.kind != "attribute" or mention.attribute is None:
            continue
        thing = _holder(sketch, statement, mention)
        if thing is None or thing.given or mention.name in thing.attributes:
            continue
        if any(mention.name == f"{naming.snake(other)}_count" for other in sketch.things) and thing.concept is None:
            continue
        values = tuple(_usual_values(thing, mention.name)) if mention.attribute.type == "enum" else ()
        thing.attributes[mention.name] = Attribute(
            name=mention.name,
            type=mention.attribute.type,
            label=_label(sketch, mention.name, mention.label),
            required=mention.name in {"name", "title", "price", "status"},
            values=values,
        )
        sketch.because(f"attribute:{thing.name}.{mention.name}", statement, mention.label)


def _holder(sketch: Sketch, statement: Statement, mention: Mention) -> Thing | None:
    """Whose attribute it is: its owner in the phrase, else what the sentence is about, else the section's thing."""
    if mention.owner is not None:
        return sketch.thing(mention.owner.name)
    about = [m for m in statement.parse.entities if m.start < mention.start and m.role in {"topic", "object", "owner"}]
    things = [m for m in about if m.kind == "thing"] or about
    if things:
        return sketch.thing(things[0].name if statement.parse.language == "ko" else things[-1].name)
    return None


def _usual_values(thing: Thing, name: str) -> tuple[str, ...]:
    if thing.concept is None:
        return ()
    return next((feature.values for feature in thing.concept.has if feature.name == name), ())


def _states(sketch: Sketch, thing: Thing) -> None:
    """The states that the text names in brackets make ``status`` an enum."""
    for statement in thing.statements:
        match = _STATES.search(statement.text)
        if match is None or thing.given:
            continue
        words = re.split(r"[,/|·]|\bor\b|\band\b", match.group(1) or match.group(2))
        values = tuple(dict.fromkeys(naming.snake(_latin(word)) for word in words))
        values = tuple(value for value in values if value and value.count("_") < 3)
        if len(values) >= 2:
            label = _label(sketch, "status", "")
            thing.attributes["status"] = Attribute(name="status", type="enum", label=label, values=values)
            return


_STATE_KO = {
    "대기": "waiting", "접수": "received", "진행중": "in_progress", "진행": "in_progress", "완료": "completed",
    "취소": "cancelled", "승인": "approved", "반려": "rejected", "거절": "rejected", "확정": "confirmed",
    "요청": "requested", "신청": "requested", "마감": "closed", "종료": "closed", "모집중": "open", "판매중": "on_sale",
    "품절": "sold_out", "배송중": "in_transit", "배송완료": "delivered", "결제완료": "paid", "결제대기": "pending",
    "예약": "reserved", "이용중": "in_use", "사용가능": "available", "사용중": "in_use", "반납": "returned",
    "대여중": "rented", "대여가능": "available", "연체": "overdue", "미납": "unpaid", "납부": "paid", "정상": "normal",
    "고장": "broken", "수리중": "in_repair", "할일": "todo", "처리중": "in_progress", "해결": "resolved",
    "준비중": "preparing", "예약가능": "available", "출석": "present", "지각": "late", "결석": "absent",
    "공개": "public", "비공개": "private", "활성": "active", "비활성": "inactive", "대기중": "waiting", "작성중": "draft",
}  # fmt: skip


def _latin(word: str) -> str:
    word = word.strip(" '\"")
    key = word.replace(" ", "")
    return _STATE_KO.get(key) or (word if word.isascii() else naming.romanise(word))


def _usual(sketch: Sketch, thing: Thing) -> None:
    features = thing.concept.has if thing.concept is not None and thing.concept.has else _GENERAL
    own = [name for name, attribute in thing.attributes.items() if attribute.key == "none"]
    if features is _GENERAL and len(own) >= 3:
        return
    added = []
    for feature in features:
        if feature.name in thing.attributes or _same(feature.name, thing):
            continue
        thing.attributes[feature.name] = Attribute(
            name=feature.name,
            type=feature.type,
            label=_label(sketch, feature.name, ""),
            required=feature.required,
            unique=feature.unique,
            values=feature.values,
            assumed=True,
        )
        added.append(feature.name)
    if added:
        names = ", ".join(added)
        text = sketch.phrases("assume_attributes", label=thing.label, name=thing.name, names=names)
        sketch.assuming(text, f"entity:{thing.name}")


_ALIKE = ({"title", "name"}, {"content", "description", "message"}, {"due_on", "due_at"}, {"status", "is_done"},
          {"starts_at", "starts_on"}, {"ends_at", "ends_on"}, {"amount", "price", "total_amount"})  # fmt: skip


def _same(name: str, thing: Thing) -> bool:
    """Whether the text already names the like of it under another word."""
    return any(
        name in group and any(a in group and not thing.attributes[a].assumed for a in thing.attributes)
        for group in _ALIKE
    )


def _label(sketch: Sketch, name: str, label: str) -> str:
    if sketch.phrases.language == "ko":
        return lexicon().labels_ko.get(name) or (label if label and not label.isascii() else name)
    return name.replace("_", " ")


def _tidy(thing: Thing) -> None:
    """Key first, then foreign keys, then the rest; enums without values are strings."""
    order = {"primary": 0, "primary_foreign": 1, "foreign": 1, "none": 2}
    ordered = sorted(thing.attributes.values(), key=lambda a: order[a.key])
    thing.attributes = {
        a.name: a if a.type != "enum" or a.values else a.model_copy(update={"type": "string"}) for a in ordered
    }
