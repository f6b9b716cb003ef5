"""The drafter: from a brief alone to a blueprint, by rules, deterministic and without a network.

``structure`` reads what holds in every language (schemas, routes, glossaries); sentences are read by
``designchord.language``.
"""

from designchord.drafter.drafting import Assume, Evidence, cautions, draft, explain, names_in, stated_in
from designchord.drafter.requests import read_request
from designchord.drafter.telling import steps_of
from designchord.drafter.translating import english_of

__all__ = [
    "Assume",
    "Evidence",
    "cautions",
    "draft",
    "english_of",
    "explain",
    "names_in",
    "read_request",
    "stated_in",
    "steps_of",
]
