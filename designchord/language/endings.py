"""Korean particles and endings: what may follow a noun, and how a predicate ends."""

from __future__ import annotations

import re
from functools import cache
from typing import cast

from designchord.language.lexicon import data_lines
from designchord.language.words import Mood, Role

# Single syllables that end as many nouns as they follow: only taken off unknown words when something speaks for it.
DOUBTFUL = {
    "의",
    "도",
    "만",
    "로",
    "나",
    "이",
    "가",
    "인",
    "일",
    "과",
    "별",
    "등",
    "든",
    "랑",
    "께",
    "들",
    "보다",
    "라면",
}
HADA = re.compile(
    r"(?:(?:하|되|시키|당하|받으?)(?:여|였|고|며|면|는|기|지|도록|거나|려|자|게|나|니|다|었|어|므로|던|신|실|시|셔|$)"
    r"|(?:할|한(?!테)|함|합|했|해|될|된|됨|됩|됐|돼|되$|하$|시킬|시킨|시켜|받을|받은|받아))"
)
PREDICATE = re.compile(
    r"(?:습니다|입니다|니다|한다|된다|는다|[은인진온간난킨린친긴]다|어요|아요|해요|세요|네요|으면|려면|다면|으며|도록|거나|"
    r"려고|으려|지만|는데|은데|면서|어야|아야|해야|여야|어서|아서|어도|아도|[었았였없있겠]다|[있없않]는|[있없]을|없이|않을|않은|"
    r"[아어여와워해겨려켜줘]서|었을|았을|였을|었던|았던|지는|기만|던지|[으]?니까|으므로|므로|더라도|자마자|이상)$"
)
_CONDITION = re.compile(
    r"(?:면|려면|더라도|아도|어도|해도|자마자|다가|지만|는데|하다|다면|지않으면|라면|거든|던|느라|므로|니까)$"
)
_MODIFIER = re.compile(r"(?:한|된|는|은|던|인|할|될|을|ㄹ|킨|킬|운|린|긴|든|온|간|쓴|본|낸|둔)$")
_WHEN = re.compile(r"^(?:경우|때|시$|시에|시점|뒤에?$|후에?$|다음|전까지|전에|도중|중에|때마다)")


@cache
def particles() -> dict[str, tuple[Role, str]]:
    """Particle → the role of what stands before it, and which final it wants: ``+`` one, ``-`` none, ``*`` either."""
    rows = (line.split() for line in data_lines("particles.ko.txt"))
    return {particle: (cast("Role", role), final) for particle, role, final in rows}


@cache
def particles_by_length() -> tuple[str, ...]:
    return tuple(sorted(particles(), key=len, reverse=True))


@cache
def function_words() -> frozenset[str]:
    return frozenset(word for line in data_lines("function.ko.txt") for word in line.split())


def has_final(syllable: str) -> bool:
    """Whether a Hangul syllable ends in a consonant (batchim)."""
    code = ord(syllable) - 0xAC00
    return 0 <= code < 11172 and code % 28 != 0


def role_of(particle: str) -> Role:
    return particles()[particle][0] if particle else "bare"


def allows(text: str, particle: str) -> bool:
    """Whether a word may end in a particle, by the syllable before it."""
    if not text.endswith(particle) or len(text) <= len(particle):
        return False
    final, want = has_final(text[-len(particle) - 1]), particles()[particle][1]
    return want == "*" or final == (want == "+")


def mood_of(text: str, following: str, *, predicate: bool, particle: str) -> Mood:
    """How a word stands in its sentence, by its ending and the word after it."""
    if not predicate:
        return "condition" if _WHEN.match(following) and not particle else "main"
    if following.startswith("수") or following in {"것", "것이다", "것을"}:
        return "main"
    if _WHEN.match(following) or _CONDITION.search(text) or following in {"않으면", "않은", "않는", "못하면"}:
        return "condition"
    if _MODIFIER.search(text) and following[:1] >= "가":
        return "modifier"
    return "effect" if re.search(r"[되된될됨됩됐돼]", text[1:]) else "main"
