"""Names in the field's cases, compared as people mean them, and what calls answer with by their names."""

from __future__ import annotations

import pytest

from designchord.blueprint.naming import (
    camel,
    fold,
    pascal,
    path_template,
    romanise,
    singular,
    slug,
    snake,
    usual_returns,
)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("loan items", ("LoanItems", "loanItems", "loan_items", "loan-items")),
        ("HTTPServer", ("HttpServer", "httpServer", "http_server", "http-server")),
        ("2nd address", ("NdAddress", "ndAddress", "nd_address", "2nd-address")),
        ("café menu", ("CafeMenu", "cafeMenu", "cafe_menu", "cafe-menu")),
        ("日本", ("", "", "", "")),
    ],
)
def test_names_in_all_cases(name: str, forms: tuple[str, ...]) -> None:
    assert (pascal(name), camel(name), snake(name), slug(name)) == forms


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("loans", "loan"),
        ("boxes", "box"),
        ("categories", "category"),
        ("status", "status"),
        ("addresses", "address"),
        ("news", "news"),
    ],
)
def test_singular_words(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_names_fold_across_case_and_number() -> None:
    assert len({fold(name) for name in ("LoanItem", "loan_items", "LOAN-ITEM", "loan Items")}) == 1
    assert romanise("공구 대여") == "gonggu daeyeo"
    assert path_template("https://x.example/Loans/:loanId/?a=1") == "/loans/{loan_id}"


@pytest.mark.parametrize(
    ("call", "returns"),
    [
        ("GET /loans", "page"),
        ("GET /members/{member_id}/loan-items", "page"),
        ("GET /loans/{loan_id}", "one"),
        ("GET /me", "one"),
        ("GET /status", "one"),
        ("POST /loans", "one"),
        ("DELETE /loans/{loan_id}", "none"),
    ],
)
def test_what_a_call_answers_with_where_nothing_else_is_said(call: str, returns: str) -> None:
    assert usual_returns(*call.split(" ")) == returns
