"""How a Korean verb's stem changes before its endings."""

from __future__ import annotations

# Positions among the finals of a Hangul syllable: ㄴ, ㄹ, ㅂ, ㅆ.
_N, _L, _P, _SS = 4, 8, 17, 20
# What a stem's last vowel becomes before 어: ㅣ → ㅕ, ㅜ → ㅝ, ㅗ → ㅘ, ㅡ → ㅓ.
_MELTED = {20: 6, 13: 14, 8: 9, 18: 4}


def stem_forms(stem: str) -> tuple[str, ...]:
    """The beginnings that a verb's forms have: ``빌리`` → 빌리, 빌린, 빌릴, 빌립, 빌려, 빌렸.

    Endings that are syllables of their own follow the stem as it is; those that begin with a consonant or a vowel melt
    into its last syllable.
    """
    code = ord(stem[-1]) - 0xAC00
    if len(stem) < 2 or not 0 <= code < 11172 or code % 28:
        return (stem,)
    vowel = code // 28 % 21
    melted = chr(ord(stem[-1]) + (_MELTED.get(vowel, vowel) - vowel) * 28)
    fused = [chr(ord(stem[-1]) + final) for final in (_N, _L, _P)]
    fused += [melted, chr(ord(melted) + _SS)]
    return (stem, *(stem[:-1] + last for last in dict.fromkeys(fused) if last != stem[-1]))
