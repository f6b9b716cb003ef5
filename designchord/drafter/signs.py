"""Signs in a text that something is kept, in figures: what its sentences say of it, and how and where its words stand.

Lists of features and tables are no sentences; that a word leads a line there, stands behind a verb of keeping or before
``management`` is said all the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from designchord.drafter.candidates import Candidate
from designchord.drafter.sketch import Sketch
from designchord.language import naming
from designchord.language.lexicon import lexicon

_WORD: Final = re.compile(r"[A-Za-z]+")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: What is done to what is kept, by the classes of the verbs.
_KEEPING: Final = frozenset({"create", "list", "search", "update", "delete"})
_MANAGING: Final = frozenset(
    {"management", "crud", "list", "listing", "history", "detail", "details", "registration", "administration"}
    | {"catalog", "catalogue", "module", "tracking"}
)
_MANAGED_KO: Final = re.compile(
    r"\s?(?:정보|목록|내역|이력|상세)?\s?[을를]?\s?"
    r"(?:등록|생성|추가|작성|수정|변경|삭제|조회|관리|취소|발급|저장|목록|내역|CRUD)"
)
_LEADING: Final = re.compile(r"[\s\-*|\d.#:`]*")
#: So many words before a thing may stand between it and the verb.
_NEAR: Final = 3


@dataclass(slots=True)
class Standing:
    """How often the words for a thing stand in a text, and how.

    ``worked``: near behind a verb of keeping; ``managed``: before ``management`` and the like; ``leading``: at the
    beginning of an item or a row; ``coded``: in paths and names of code; ``owning``: before ``'s``.
    """

    times: int = 0
    plural: int = 0
    worked: int = 0
    managed: int = 0
    leading: int = 0
    coded: int = 0
    owning: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    low: str
    words: tuple[tuple[str, int, int], ...]
    listed: bool


class _Rows:
    """The sentences, items and cells of a text, and where each word stands, whatever its number."""

    def __init__(self, sketch: Sketch) -> None:
        self.rows: list[_Row] = []
        self.places: dict[str, list[tuple[int, int]]] = {}
        for statement in sketch.statements:
            text = _HUMP.sub(" ", statement.text)
            words = tuple((m.group().lower(), m.start(), m.end()) for m in _WORD.finditer(text))
            shape = statement.line.shape
            for index, (word, _, _) in enumerate(words):
                self.places.setdefault(_singular(word), []).append((len(self.rows), index))
            self.rows.append(_Row(text, text.lower(), words, shape in {"item", "row"}))

    def find(self, label: str) -> Iterator[tuple[_Row, int, int]]:
        """Rows in which the words of a label stand, with the first and the last of them."""
        wanted = [_singular(word) for word in _WORD.findall(label.lower())]
        for number, index in self.places.get(wanted[0], ()) if wanted else ():
            row = self.rows[number]
            found = [_singular(word) for word, _, _ in row.words[index : index + len(wanted)]]
            if found == wanted:
                yield row, index, index + len(wanted) - 1

    def stand(self, candidate: Candidate) -> Standing:
        standing = Standing()
        english = " ".join(naming.split_words(candidate.name)).lower()
        labels = {label.lower() for label in candidate.labels}
        for label in dict.fromkeys((english, *(one for one in sorted(labels) if one.isascii()))):
            for row, first, last in self.find(label):
                _stand_english(standing, row, first, last)
        for label in sorted(one for one in labels if not one.isascii()):
            for row in (one for one in self.rows if label in one.low):
                for match in re.finditer(re.escape(label), row.low):
                    _stand_korean(standing, row, match.start(), match.end())
        return standing


def _stand_english(standing: Standing, row: _Row, first: int, last: int) -> None:
    word, _, end = row.words[last]
    start = row.words[first][1]
    after = row.text[end:]
    following = row.words[last + 1][0] if last + 1 < len(row.words) else ""
    standing.times += 1
    standing.leading += row.listed and first <= 1
    standing.plural += _singular(word) != word
    standing.worked += any(_keeps(one) for one, _, _ in row.words[max(0, first - _NEAR) : first])
    standing.managed += following in _MANAGING and after[:1] in {" ", "-"}
    standing.coded += after[:1] in {"`", "_", "/"} or (start > 0 and row.text[start - 1] in "`_/")
    standing.owning += after.startswith(("'s", "’s"))


def _stand_korean(standing: Standing, row: _Row, start: int, end: int) -> None:
    standing.times += 1
    standing.leading += row.listed and _LEADING.fullmatch(row.text[:start]) is not None
    standing.worked += _MANAGED_KO.match(row.text[end:]) is not None


def signs_of(candidates: dict[str, Candidate], sketch: Sketch) -> dict[str, dict[str, float]]:
    """The figures of each candidate, by the names of ``weighing.WEIGHTS``."""
    rows = _Rows(sketch)
    ranked = sorted(candidates.values(), key=lambda one: -one.score)
    highest = max((one.score for one in ranked), default=1.0) or 1.0
    owners: dict[str, int] = {}
    for one in ranked:
        for owner, _ in one.concept.of if one.concept is not None else ():
            owners[owner] = owners.get(owner, 0) + 1
    return {
        one.name: {
            **_said(one, candidates),
            **_standing(rows.stand(one)),
            "korean": float(sketch.phrases.language == "ko"),
            "rank": math.log1p(rank),
            "share": one.score / highest,
            "owns": math.log1p(owners.get(one.name, 0)),
        }
        for rank, one in enumerate(ranked)
    }


def _said(candidate: Candidate, candidates: dict[str, Candidate]) -> dict[str, float]:
    """What the catalogue knows of it, and what sentences say."""
    concept = candidate.concept
    ascii_label = candidate.label().isascii()
    near = concept.near if concept is not None else ()
    return {
        "known": float(concept is not None),
        "word": float(concept is None and candidate.known_word),
        "guessed": float(candidate.guessed),
        "spelled": float(candidate.guessed and not candidate.known_word and not ascii_label),
        "account": float(concept is not None and concept.account),
        "part": float(concept is not None and concept.part),
        "alone": float(bool(near) and not any(name in candidates for name in near)),
        "acts": math.log1p(candidate.subjects),
        "seen": float(candidate.seen > 0),
        "effects": math.log1p(candidate.effects),
        "demands": math.log1p(candidate.demands),
        "usual": usual_of(candidate.name) if concept is not None else 0.0,
        "head": 0.0 if concept is not None else usual_of(_head(candidate.name)),
    }


def _standing(standing: Standing) -> dict[str, float]:
    return {
        "implied": float(standing.times == 0),
        "plural": float(standing.plural > 0),
        "worked": math.log1p(standing.worked),
        "managed": math.log1p(standing.managed),
        "leading": math.log1p(standing.leading),
        "coded": math.log1p(standing.coded),
        "owning": math.log1p(standing.owning),
    }


def usual_of(name: str) -> float:
    """How much more or less often than others such a thing is kept where a text speaks of it; 0 of what is rare."""
    return _usual().get(name, 0.0)


@cache
def _usual() -> dict[str, float]:
    rows = (Path(__file__).parent / "data" / "usual.txt").read_text(encoding="utf-8").splitlines()
    return {name: float(figure) for name, figure in (row.split() for row in rows if row and row[0] != "#")}


def _head(name: str) -> str:
    """The last word of an unknown name: of ``AuditLog`` the log."""
    words = naming.split_words(name)
    return words[-1].lower() if words else ""


@lru_cache(maxsize=16384)
def _singular(word: str) -> str:
    return naming.singular(word)


@lru_cache(maxsize=16384)
def _keeps(word: str) -> bool:
    words = lexicon()
    base = words.forms_en.get(word, (word, ""))[0]
    verb = words.verbs_en.get(base)
    return word in {"manage", "manages", "managing", "new"} or (verb is not None and verb.act in _KEEPING)
