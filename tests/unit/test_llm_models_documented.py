"""What docs/models.md says of the providers is what their rows say."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from designchord.llm.providers import PRICES_DATE, PROVIDERS, Provider

PAGE = Path(__file__).parents[2] / "docs" / "models.md"


def documented(row: Provider) -> str:
    """A row's line in the table of the page."""
    address = f"`{row.url_variable}`"
    if not row.base_url:
        address += ", without default"
    elif not row.key_needed:
        address += f" (`{row.base_url.removesuffix(row.url_suffix) if row.url_suffix else row.base_url}`)"
    key = f"`{row.key_variable}`" if row.key_needed else f"`{row.key_variable}`, if any"
    model = f"`{row.default_model}`" if row.default_model else f"`{row.model_variable}`, else the first it serves"
    prices = "free" if any(pattern == "*" for pattern, _ in row.prices) else "known" if row.prices else "unknown"
    return f"| `{row.name}` | {address} | {key} | {model} | {prices} |"


@pytest.mark.parametrize("row", PROVIDERS, ids=lambda row: row.name)
def test_each_row_is_a_line_of_the_page(row: Provider) -> None:
    assert documented(row) in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_names_no_provider_that_has_no_row() -> None:
    lines = PAGE.read_text(encoding="utf-8").split("## Choosing a model")[1].splitlines()
    named = [line.split("`")[1] for line in lines if line.startswith("| `")]
    assert named[: len(PROVIDERS)] == [row.name for row in PROVIDERS]


def test_the_page_says_when_the_prices_were_looked_up_and_that_is_not_long_ago() -> None:
    """Providers change their prices a few times a year: an old list is worse than none, because it is believed."""
    assert f"as of {PRICES_DATE}" in PAGE.read_text(encoding="utf-8")
    assert date.today() - date.fromisoformat(PRICES_DATE) < timedelta(days=274), "compare the prices again"  # noqa: DTZ011
