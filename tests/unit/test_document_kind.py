"""The design document: asked for, found, mended, checked, compiled."""

from __future__ import annotations

import re

import pytest

from designchord.blueprint.model import (
    Actor,
    Assumption,
    Attribute,
    Blueprint,
    Brief,
    Entity,
    Operation,
    Relation,
    Requirement,
    Scenario,
    ScenarioStep,
)
from designchord.kinds.document.kind import DocumentKind
from designchord.kinds.document.skeleton import escape
from designchord.kinds.document.structure import read_structure
from designchord.notation.problems import has_errors

KIND = DocumentKind()
GOOD = "# Lending\n\n## Purpose\n\nMembers borrow.\n\n" + (
    "| Id | Text |\n| --- | --- |\n| R1 | a \\| b |\n\n## End\n\nR12는 나중에.\n"
)


def _blueprint(language: str = "ko", words: str = "회원은 책을 빌린다.", title: str = "도서 대여") -> Blueprint:
    key = Attribute(name="id", type="uuid", key="primary")
    return Blueprint(
        title=title,
        summary=words,
        language=language,
        actors=(Actor(id="Member", label="회원", description=words),),
        requirements=(
            Requirement(id="R1", text=words, section=words),
            Requirement(id="R2", text="빠르게 보여야 한다.", kind="quality", priority="should"),
        ),
        entities=(
            Entity(name="Member", label="회원", attributes=(key,)),
            Entity(
                name="Loan",
                label=words,
                attributes=(key, Attribute(name="member_id", type="uuid", key="foreign", references="Member")),
            ),
        ),
        relations=(Relation(source="Member", target="Loan", cardinality="one_to_many", label=words),),
        operations=(
            Operation(
                id="createLoan",
                method="POST",
                path="/loans",
                summary=words,
                actor="Member",
                entity="Loan",
                request=("member_id",),
                requirements=("R1",),
            ),
            Operation(id="listLoans", method="GET", path="/loans", summary="목록", entity="Loan", returns="page"),
        ),
        scenarios=(
            Scenario(
                id="borrow",
                title=words,
                actor="Member",
                requirements=("R1",),
                steps=(
                    ScenarioStep(source="Member", target="System", message=words, operation="createLoan"),
                    ScenarioStep(source="System", target="Member", message="거절", kind="reply", when=words),
                    ScenarioStep(source="System", target="Database", message="저장"),
                ),
            ),
        ),
        assumptions=(Assumption(id="A1", text=words, about=words),),
        questions=(words,),
    )


HOSTILE = [
    "a | b | c",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1)) ![y](http://evil.example/p.png)",
    "```\ncode\n```",
    "# heading\n## other\n- list\n1. one",
    "1. first",
    "---",
    "*bold* _under_ ~~gone~~ `code` \\ end\\",
    "&lt;script&gt; &copy;",
    "<!-- comment",
    "\n\n| a |\n|---|\n| b |\n",
    "R77 은 없다 {language}",
]


def test_a_good_document_has_no_problems() -> None:
    assert KIND.check(GOOD) == ()
    assert KIND.fix(GOOD) == (GOOD, ())


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("", "document.empty", None),
        ("## Only a section\n\ntext\n", "document.title", 1),
        ("# Only a title\n\ntext\n", "document.sections", None),
        (GOOD + "\n```json\n{}\n", "document.unclosed_fence", 15),
        (GOOD + "\n| a | b |\n| 1 | 2 |\n", "document.table", 15),
        (GOOD + "\n| a | b |\n|---|\n| 1 | 2 |\n", "document.table", 15),
        (GOOD + "\n<script>alert(1)</script>\n", "document.active_html", 15),
        (GOOD + "\ntext <b onclick=x()>b</b>\n", "document.active_html", 15),
        ("# T\n\n## S\n\n" + "x" * 200_001, "document.too_large", None),
    ],
)
def test_what_makes_a_document_unusable_is_an_error(source: str, code: str, line: int | None) -> None:
    problems = [problem for problem in KIND.check(source) if problem.severity == "error"]
    assert code in {problem.code for problem in problems}
    found = next(problem for problem in problems if problem.code == code)
    assert found.hint or code == "document.empty"
    assert found.line == line


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (GOOD + "\n```mermaid\ngraph TD\n```\n", "document.diagram"),
        (GOOD + "\nUse <userId> here<br>please.\n", "document.html"),
        (GOOD + "\n![x](https://evil.example/p.png)\n", "document.image"),
        (GOOD.replace("| R1 | a \\| b |", "| R1 | a | b |"), "document.table_row"),
    ],
)
def test_what_only_spoils_the_look_is_a_warning(source: str, code: str) -> None:
    problems = KIND.check(source)
    assert code in {problem.code for problem in problems}
    assert not has_errors(problems)


@pytest.mark.parametrize(
    "text", ["`<script>`", "```html\n<script>alert(1)</script>\n```", "a < b and c > d", "<https://example.org>"]
)
def test_html_in_code_and_signs_are_not_html(text: str) -> None:
    assert KIND.check(f"{GOOD}\n{text}\n") == ()


@pytest.mark.parametrize(
    ("source", "mended"),
    [
        ("## Title\n\n### One\n\na\n\n### Two\n\nb", "# Title\n\n## One\n\na\n\n## Two\n\nb"),
        ("# Title\n\n# One\n\na\n\n# Two\n\nb", "# Title\n\n## One\n\na\n\n## Two\n\nb"),
        ("# Title\n\n### One\n\na\n\n### Two\n\nb", "# Title\n\n## One\n\na\n\n## Two\n\nb"),
        ("# T\n\n## S\n\n```\ncode", "# T\n\n## S\n\n```\ncode\n```\n"),
        ("# T\n\n```markdown\n## S\n\ntext", "# T\n\n## S\n\ntext"),
        ("# T\n\n## S\ntext\n| a | b |\n| 1 | 2 |", "# T\n\n## S\ntext\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("# T\n\n## S\n\n| a | b |\n|---|\n| 1 | 2 |", "# T\n\n## S\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("# T\n\n## S\n\n<script>x</script>\n", "# T\n\n## S\n\n&lt;script>x&lt;/script>\n"),
        ("# T\n\n## S\n\n<svg></svg> <b>x</b> `<b>`\n", "# T\n\n## S\n\n&lt;svg>&lt;/svg> x `<b>`\n"),
    ],
)
def test_slips_are_mended_and_named(source: str, mended: str) -> None:
    result, fixes = KIND.fix(source)
    assert result == mended
    assert fixes
    assert not has_errors(KIND.check(result))
    assert KIND.fix(result) == (result, ())


def test_a_document_wrapped_in_a_fence_is_taken_out() -> None:
    candidate = KIND.accept(f"Here it is:\n\n```markdown\n{GOOD}```\n", _blueprint(), KIND.parts(_blueprint())[0])
    assert candidate.source == GOOD
    assert candidate.acceptable


def test_an_apology_is_not_a_document() -> None:
    candidate = KIND.accept("I cannot help with that.", _blueprint(), KIND.parts(_blueprint())[0])
    assert not candidate.acceptable


def test_facts_are_the_requirement_ids_also_before_a_particle() -> None:
    assert KIND.facts(GOOD).requirements == {"R1", "R12"}
    assert KIND.facts("HR2 R2D2 R12345 x-R3 AR1").requirements == frozenset()


def test_the_prompt_asks_in_the_language_of_the_brief() -> None:
    text = KIND.prompt(Brief("a", "b", "", "ko"), _blueprint(), KIND.parts(_blueprint())[0])
    assert "Korean (ko)" in text
    assert "{language}" not in text


@pytest.mark.parametrize(
    ("language", "heading"), [("ko", "## 기능 요구사항"), ("en", "## Functional"), ("fr", "## Functional")]
)
def test_the_skeleton_is_valid_and_in_the_language(language: str, heading: str) -> None:
    source = KIND.skeleton(_blueprint(language), KIND.parts(_blueprint())[0])
    assert heading in source
    assert KIND.check(source) == ()
    assert KIND.facts(source).requirements == {"R1", "R2"}


def test_the_skeleton_tells_the_whole_blueprint() -> None:
    source = KIND.skeleton(_blueprint(), KIND.parts(_blueprint())[0])
    for wanted in (
        "| R1 | 필수 |",
        "`POST /loans`",
        "`member_id`",
        "`Member` N:1",
        "1. 회원 → 시스템",
        "2. 시스템 → 데이터베이스",
    ):
        assert wanted in source
    assert "   - **예외: 회원은 책을 빌린다.**" in source
    assert "- A1: " in source


def test_what_nobody_described_has_no_column() -> None:
    blueprint = _blueprint("en")
    (part,) = KIND.parts(blueprint)
    assert "| Name | Kind | Description |" in KIND.skeleton(blueprint, part)
    bare = blueprint.model_copy(update={"actors": (Actor(id="Member", label="member"),)})
    assert "| Name | Kind |\n| --- | --- |\n| member | person |\n" in KIND.skeleton(bare, part)


def test_requirements_of_several_sections_stand_under_their_headings() -> None:
    blueprint = _blueprint()
    second = Requirement(id="R3", text="회원은 책을 돌려준다.", section="반납")
    blueprint = blueprint.model_copy(update={"requirements": (*blueprint.requirements, second)})
    source = KIND.skeleton(blueprint, KIND.parts(blueprint)[0])
    assert source.index("### 회원은") < source.index("| R1 |") < source.index("### 반납") < source.index("| R3 |")
    assert KIND.check(source) == ()


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_the_author_break_the_skeleton(words: str) -> None:
    blueprint = _blueprint(words=words, title=words)
    source = KIND.skeleton(blueprint, KIND.parts(blueprint)[0])
    plain = KIND.skeleton(_blueprint(words="word", title="word"), KIND.parts(blueprint)[0])
    assert KIND.check(source) == ()
    hostile, harmless = read_structure(source), read_structure(plain)
    assert [heading.level for heading in hostile.headings] == [heading.level for heading in harmless.headings]
    assert len(hostile.tables) == len(harmless.tables)
    assert not hostile.html
    assert not hostile.images
    assert not hostile.fences


@pytest.mark.parametrize("words", HOSTILE)
def test_escaped_words_read_as_they_were_written(words: str) -> None:
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark").enable("table").render(escape(words))
    text = re.sub(r"</?p>", "", html).strip()
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, letter)
    assert text == " ".join(words.split())


def test_the_file_is_design_md() -> None:
    assert KIND.files(KIND.parts(_blueprint())[0], GOOD) == {"design.md": GOOD}


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_other_line_ends_are_read_to_the_end(end: str) -> None:
    assert read_structure(f"# A{end}{end}a <b>{end}{end}![x](http://y/z){end}").headings[0].line == 1
