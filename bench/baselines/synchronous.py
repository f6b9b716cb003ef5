"""The published synchronous design: one process, one request after another, one call after another.

python -m bench.baselines.synchronous MODEL_URL DESIGNS
"""

from __future__ import annotations

import json
import sys
import time

import requests

from bench import loads


def ask(model_url: str, messages: loads.Messages) -> str:
    """One whole answer, as the published workers get it: a new connection for each call."""
    body = {"model": "any", "messages": messages}
    response = requests.post(f"{model_url}/chat/completions", json=body, timeout=60)
    response.raise_for_status()
    return str(response.json()["choices"][0]["message"]["content"])


def main(model_url: str, designs: int) -> None:
    plans = [loads.stages("parts", number)[0] for number in range(designs)]
    used, began = time.process_time(), time.time()
    ended = []
    for plan in plans:
        for messages in plan:
            assert ask(model_url, messages)
        ended.append(time.time() - began)
    print(json.dumps({"seconds": ended[-1], "each": ended, "cpu": time.process_time() - used}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
