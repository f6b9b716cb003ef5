"""Korean sentences choose the particles that their words want."""

from __future__ import annotations

import re

import pytest

from designchord.consistency.messages import MESSAGES as CROSS
from designchord.consistency.messages import Violation
from designchord.consistency.messages import say as cross
from designchord.notation.particles import settle_particles
from designchord.rehearsal.messages import MESSAGES as REHEARSAL
from designchord.rehearsal.messages import say as rehearsal


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("상품을(를) 회원와(과) 예약이(가)", "상품을 회원과 예약이"),
        ("R1을(를) R2을(를) R6을(를)", "R1을 R2를 R6을"),
        ("Loan이(가) Member이(가)", "Loan이 Member가"),
        ("`status`(으)로 `Tool`(으)로 길(으)로 (회원)은(는)", "`status`로 `Tool`로 길로 (회원)은"),
    ],
)
def test_a_particle_follows_the_sound_before_it(written: str, read: str) -> None:
    assert settle_particles(written) == read


class Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "회원"


CHOICES = ("이(가)", "을(를)", "은(는)", "와(과)", "(으)로")


def test_no_finding_in_korean_leaves_the_choice_to_its_reader() -> None:
    names = re.findall(r"\{(\w+)\}", "".join(text for one in REHEARSAL.values() for text in one.korean))
    said = [cross(Violation(code, values=Anything()), "ko") for code in CROSS]
    said += [rehearsal(code, "ko", **dict.fromkeys(names, "회원")) for code in REHEARSAL]
    left = [one.code for one in said if any(both in f"{one.message} {one.hint}" for both in CHOICES)]
    assert left == []
