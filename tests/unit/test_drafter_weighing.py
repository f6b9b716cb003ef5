"""What the whole text says of a thing, beside its single sentences: what speaks against it, and what for it."""

from __future__ import annotations

from pathlib import Path

import pytest

import designchord.drafter
from designchord.drafter.signs import usual_of
from designchord.language.lexicon import lexicon
from tests.unit.test_drafter_says_less import drafted, names

DEMANDS = """
- The system performs a validation of each harvest before it is stored; a failed validation shows a message.
- After a validation the coordinator makes an override where the weight is right all the same.
- Each override needs a reason. Every update of a tree shows who made the update.
- A coordinator can reject an override, and an update that was made by mistake.
"""
ORCHARD = f"""# Community orchard

Our orchard lends ladders and tools to its members, who look after the trees together.

## Requirements

- A member can register with an email and a name.
- A coordinator can register a tree with its species, its row and its year of planting.
- A member can adopt a tree, and give it up at the end of a season.
- A member can log a harvest of a tree, with its weight and the day.
- A coordinator can see all harvests of a tree and of a season.
- A coordinator can announce a work day with a date, a task and how many people are needed.
- A member can sign up for a work day, and sign off until the day before.
- A member can borrow a ladder, and brings it back within three days.
- A coordinator can see which ladders are out, and who has them.
{DEMANDS}
## Features

- Ladder management
- Season overview for coordinators
"""
WORKSHOP = """# Workshop for violins

The backend of a workshop that builds, mends and lends violins. It is written in Kotlin and answers over HTTP.

## What it covers

Core data of the workshop: suppliers, customers, products, and what is done for them.

- Products, with wood, year and price, in a catalogue that is open to everybody
- Customers, with what was built and mended for them, by telephone or on the page
- Orders from the first talk to the last varnish; orders of a customer in one place
- Stages of the varnish, with photographs, for the impatient among us
- Reports of the year, for the tax office and for the curious
- Reminders when strings are old, sent in spring and in autumn

## How it is used

Everybody in the house works with the same pages, at the bench as in the office. Whoever answers the telephone sees at
once how far a violin is, and what was agreed. In the evening the prices of the day are printed, and pinned to the door
of the office, so that nobody has to ask. There is no login in the house, and none outside of it: the pages are open.

## How it is run

A small machine under the stairs is enough for it. It is started in the morning and stopped in the evening, like the
lights.
"""


def test_a_word_for_what_is_done_with_things_is_asked_about_and_not_kept() -> None:
    design = drafted(ORCHARD)
    assert {entity.name for entity in design.entities} == {"Ladder", "Member", "Loan", "Adoption", "Harvest"}
    assert any("“override”" in question for question in design.questions)


def test_what_a_text_comes_back_to_is_kept_though_no_sentence_does_anything_with_it() -> None:
    assert names(WORKSHOP) >= {"Customer", "Order"}


def test_what_a_text_mentions_in_passing_is_not_kept() -> None:
    assert not names(WORKSHOP) & {"TaxOffice", "Place", "Lecture", "Equipment"}


def test_of_a_few_sentences_each_counts() -> None:
    assert "Override" in names(f"# Orchard\n\n## Requirements\n{DEMANDS}")


@pytest.mark.parametrize(
    "stated", ["## Data model\n\n| entity | fields |\n|---|---|\n| Override | reason, weight |\n| Harvest | weight |"]
)
def test_what_is_stated_outright_is_kept_whatever_speaks_against_it(stated: str) -> None:
    assert names(f"{ORCHARD}\n{stated}\n") >= {"Override", "Harvest"}


def test_the_figures_of_usual_things_are_of_things_that_the_catalogue_has_or_of_last_words() -> None:
    table = Path(designchord.drafter.__file__).parent / "data" / "usual.txt"
    rows = [row.split()[0] for row in table.read_text(encoding="utf-8").splitlines() if row and row[0] != "#"]
    assert len(rows) == len(set(rows))
    assert all(row in lexicon().concepts or row == row.lower() for row in rows)
    assert usual_of("Order") > 0 > usual_of("Project")
    assert usual_of("NobodyKnowsThis") == 0
