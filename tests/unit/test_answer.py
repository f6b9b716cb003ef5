"""The artifact in a raw answer, as models really write them."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designchord.notation.answer import find_json, find_markdown, find_mermaid, find_text

ER = "erDiagram\n    A ||--o{ B : has"
SEQUENCE = "sequenceDiagram\n    A->>B: hello"


@pytest.mark.parametrize(
    "answer",
    [
        ER,
        f"```mermaid\n{ER}\n```",
        f"Sure, here it is:\n\n```mermaid\n{ER}\n```\n\nLet me know!",
        f"~~~~mermaid\n{ER}\n~~~~",
        f"`````\n{ER}\n`````",
        f"```mermaid title=x\n{ER}\n```",
        f"```{{.mermaid}}\n{ER}\n```",
        f"```mermaid\n{ER}",
        f"Here:\n\n{ER}\n\nThis diagram shows A and B.",
        f"1. The diagram:\n\n   ```mermaid\n{textwrap.indent(ER, '   ')}\n   ```",
        "> ```mermaid\n" + textwrap.indent(ER, "> ") + "\n> ```",
        f"<think>first\n```mermaid\nerDiagram\n    X\n```\n</think>\n```mermaid\n{ER}\n```",
        f"<thinking>never closed\n```mermaid\n{ER}\n```",
        f"no opening tag\n```mermaid\nerDiagram\n  X\n```\n</think>\n\n```mermaid\n{ER}\n```",
        f"<reasoning>a</reasoning><think>b</think>\n{ER}",
        f"```mermaid\nerDiagram\n    DRAFT\n```\nBetter:\n```mermaid\n{ER}\n```",
        f"```mermaid\n{SEQUENCE}\n```\n```mermaid\n{ER}\n```\n```mermaid\n{SEQUENCE}\n```",
        f"```mermaid\n{ER}\n```".replace("\n", "\r\n"),
        "\ufeff" + f"```mermaid\n{ER}\n```",
        '{"diagram": "erDiagram\\n    A ||--o{ B : has"}',
        '```json\n{"type": "er", "mermaid": "```mermaid\\nerDiagram\\n    A ||--o{ B : has\\n```"}\n```',
        f'<pre class="mermaid">\n{ER}\n</pre>',
        f"<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>{ER}<|return|>",
        f"```mermaid\n%% a comment\n%%{{init: {{}}}}%%\n{ER}\n```".replace("%% a comment\n%%{init: {}}%%\n", ""),
    ],
)
def test_the_diagram_is_found(answer):
    assert find_mermaid(answer, "erDiagram").text.strip() == ER


def test_escaped_arrows_are_unescaped_and_said_so():
    found = find_mermaid("```mermaid\nsequenceDiagram\n    A-&gt;&gt;B: hello\n```", "sequenceDiagram")
    assert found.text.strip() == SEQUENCE
    assert [fix.code for fix in found.fixes] == ["answer.html_escaped"]


def test_an_unclosed_fence_is_told():
    assert not find_mermaid(f"```mermaid\n{SEQUENCE}", "sequenceDiagram").complete
    assert find_mermaid(f"```mermaid\n{SEQUENCE}\n```", "sequenceDiagram").complete


def test_a_diagram_without_its_first_line_is_left_to_the_grammar():
    assert find_mermaid("```mermaid\nA->>B: hello\n```", "sequenceDiagram").text == "A->>B: hello\n"


@pytest.mark.parametrize(
    "answer", ["", "I am sorry.", f"```mermaid\n{SEQUENCE}\n```", "```json\n{}\n```", "<think>", "```"]
)
def test_what_is_not_there_is_not_found(answer):
    assert not find_mermaid(answer, "erDiagram")


DOCUMENT = f"# Title\n\nText.\n\n```mermaid\n{ER}\n```\n\n## More\n\n- a"


@pytest.mark.parametrize(
    "answer",
    [
        DOCUMENT,
        f"```markdown\n{DOCUMENT}\n```",
        f"````md\n{DOCUMENT}\n````",
        f"Here is the document:\n\n```markdown\n{DOCUMENT}\n```\n\nLet me know if you want changes.",
        f"Sure! Here is the document.\n\n{DOCUMENT}\n\n---\n\nLet me know if you want changes.",
        f"다음은 설계 문서입니다.\n\n{DOCUMENT}\n\n추가로 필요한 내용이 있으면 말씀해 주세요.",
        f"<think>\n# Not this\n</think>\n\n{DOCUMENT}",
        f"````\n{DOCUMENT}\n````",
    ],
)
def test_the_document_is_found_with_its_diagrams_inside(answer):
    assert find_markdown(answer).text.strip() == DOCUMENT


def test_a_document_may_speak_of_thinking_tags_and_begin_without_a_heading():
    text = "Write `<think>` first.\n\n# Rules\n\nThe tag <think> opens.\n"
    assert find_markdown(text).text == text


def test_json_is_found_as_it_is():
    found = find_json('Here: ```json\n{"a": [1, 2]}\n```')
    assert (found.value, found.fixes) == ({"a": [1, 2]}, ())


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ('{"a": 1, // one\n "b": 2,}', {"a": 1, "b": 2}),
        ("{'a': 'it is'}", {"a": "it is"}),
        ("```json\n{a: 1}\n```", {"a": 1}),
        ('{"a": [1, 2', {"a": [1, 2]}),
        ('{"a": "cut he', {"a": "cut he"}),
        ('The result: {"a": "cut he', {"a": "cut he"}),
    ],
)
def test_damaged_json_is_repaired_and_said_so(answer, value):
    found = find_json(answer)
    assert found.value == value
    assert found.fixes[0].code in ("answer.json_repaired", "answer.json_cut")
    assert found.complete is (found.fixes[0].code == "answer.json_repaired")


@pytest.mark.parametrize(
    "answer",
    [
        '{"a": "}", "b": [1,],}\n\nLet me know if {this} helps.',
        '[Note] The result is below.\n\n{"a": "}", "b": [1,],}',
        'Result:\n{"a": "}", "b": [1,],} // done',
    ],
)
def test_words_around_damaged_json_do_not_make_it_look_cut(answer):
    found = find_json(answer)
    assert (found.value, found.complete) == ({"a": "}", "b": [1]}, True)


def test_of_several_fenced_values_the_last_counts():
    assert find_json('```json\n{"draft": 1}\n```\nFinally:\n```json\n{"final": 1}\n```').value == {"final": 1}


def test_no_json_is_no_json():
    assert find_json("nothing here").value is None
    assert not find_json("")


def test_any_notation_can_be_looked_for():
    found = find_text(
        "Well:\nkey: 1\nother: 2", lambda text: "key:" in text, starts=lambda line: line.startswith("key")
    )
    assert found.text == "key: 1\nother: 2\n"


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from(["```", "~~~", "mermaid", "\n", "{", '"', "<think>", "</think>", ER, " ", "> ", "x"])).map(
        "".join
    )
)
def test_no_answer_raises_and_nothing_is_invented(answer):
    for found in (find_mermaid(answer, "erDiagram"), find_markdown(answer)):
        assert all(line.strip() in answer for line in found.text.splitlines())
    find_json(answer)


def _wanted(record: dict[str, Any]) -> bool | None:
    """Whether the primary artifact of a record was found; ``None`` where it is of no notation of ours."""
    primary = record["label"]["primary"]
    artifacts = [artifact for artifact in record["label"]["artifacts"] if artifact["kind"] == primary]
    if primary.startswith("mermaid:"):
        text = find_mermaid(record["text"], primary.removeprefix("mermaid:")).text
    elif primary == "final_text":
        text = find_markdown(record["text"]).text
    elif primary == "json":
        value = find_json(record["text"]).value
        return any(
            value == artifact.get("expected_json", find_json(artifact.get("text", "")).value) for artifact in artifacts
        )
    else:
        return None
    return any(textwrap.dedent(text).strip() == textwrap.dedent(artifact["text"]).strip() for artifact in artifacts)


def test_the_right_text_is_found_in_at_least_95_of_100_recorded_answers(corpus):
    outcomes = {record["id"]: _wanted(record) for record in corpus("llm_outputs")}
    counted = [found for found in outcomes.values() if found is not None]
    wrong = [name for name, found in outcomes.items() if found is False]
    assert sum(counted) >= 0.95 * len(counted), wrong


def test_a_long_line_of_quotation_marks_is_read_at_once() -> None:
    assert not find_text("> " * 200 + "x\n", lambda text: "GET" in text)
    found = find_text("> " * 20 + "```\n" + "> " * 20 + "GET /a\n" + "> " * 20 + "```\n", lambda text: "GET" in text)
    assert found.text == "GET /a\n"
