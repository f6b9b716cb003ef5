"""How many tokens a text has, without anybody's tokenizer: the one estimate that everything here uses."""

from __future__ import annotations


def estimate_tokens(text: str) -> int:
    """About as many as today's models make of a text: four ASCII characters make one, or one and a half others."""
    ascii_size, others = _sizes(text)
    return (ascii_size + 3) // 4 + (others * 2 + 2) // 3


def most_tokens(text: str) -> int:
    """As many as hardly any tokenizer exceeds: what is set aside for a text before a call."""
    ascii_size, others = _sizes(text)
    return (ascii_size + 1) // 2 + others * 3 // 2 + 1


def _sizes(text: str) -> tuple[int, int]:
    ascii_size = len(text.encode("ascii", "ignore"))
    return ascii_size, len(text) - ascii_size
