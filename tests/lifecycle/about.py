from typing import Final

from designchord.kinds.about import About

ABOUT: Final = About(
    name="lifecycle",
    labels={"en": "Lifecycles", "ko": "생애 주기"},
    noun="state diagram",
    notation="mermaid",
    file="lifecycle-{part}.mmd",
    family="state",
    provides=frozenset({"requirements"}),
    problems={
        "lifecycle.not_found": "A model's answer holds no state diagram.",
        "lifecycle.wrong_type": "It is a diagram of another family.",
        "lifecycle.no_beginning": "Nothing says where a life begins.",
    },
)
