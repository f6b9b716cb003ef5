"""A verification as it is sent to a server: the findings and their places, bounded, and nothing else that was read."""

from __future__ import annotations

import json
from typing import Any, Final

from designchord.verification.findings import Finding
from designchord.verification.standing import standings
from designchord.verification.verifying import Verification

#: Findings of each list, and consequences of one, that are sent; the worst come first.
MOST_FINDINGS: Final = 500
MOST_FOLLOWS: Final = 100
#: Bytes of all; a server takes a megabyte.
MOST_BYTES: Final = 800_000
#: Characters of a message, and of a name or a place.
MOST_WORDS: Final = 600
MOST_NAME: Final = 300


def report(verification: Verification, *, fingerprint: str = "", revision: str = "") -> dict[str, Any]:
    """What ``POST /designs/{id}/verifications`` takes. ``fingerprint`` names the blueprint, ``revision`` the version of
    what was built, as its makers count."""
    things = [
        {"what": thing.what, "id": thing.id, "standing": standing}
        for thing, standing in standings(verification).items()
    ]
    told = {
        "blueprint": fingerprint,
        "revision": revision,
        "compared": dict(verification.compared),
        "not_read": len(verification.remarks),
        "things": things,
    }
    most = MOST_FINDINGS
    while True:
        lists = {
            "findings": [_bounded(one) for one in verification.findings[:most]],
            "accepted": [_bounded(one) for one in verification.accepted[:most]],
        }
        left_out = len(verification.findings) + len(verification.accepted) - sum(map(len, lists.values()))
        whole = told | lists | {"left_out": left_out}
        if most == 1 or len(json.dumps(whole)) <= MOST_BYTES:
            return whole
        most = max(most // 2, 1)


def _bounded(finding: Finding) -> dict[str, Any]:
    told = finding.to_dict()
    for name in ("message", "note", "change_the_code", "change_the_design"):
        told[name] = told[name][:MOST_WORDS]
    told["thing"] = told["thing"][:MOST_NAME]
    told["follows"] = [one[:MOST_NAME] for one in told["follows"][:MOST_FOLLOWS]]
    for side in ("design", "built"):
        if told[side] is not None:
            told[side] |= {"file": told[side]["file"][:MOST_NAME], "item": told[side]["item"][:MOST_NAME]}
    return told
