"""The published Celery design: a chord of three tasks and a callback for each request, results and progress in Redis.

    celery -A bench.baselines.chord worker -P prefork -c 2
    python -m bench.baselines.chord DESIGNS

Both find their servers in BENCH_BROKER, BENCH_REDIS and BENCH_MODEL.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import redis
from celery import Celery, chord

from bench import loads
from bench.baselines.synchronous import ask

CHANNEL = "progress"

app = Celery(
    "bench.baselines.chord", broker=os.environ.get("BENCH_BROKER", ""), backend=os.environ.get("BENCH_REDIS", "")
)
app.conf.update(broker_connection_retry_on_startup=True, worker_hijack_root_logger=False)


def _tell(event: dict[str, Any]) -> None:
    redis.Redis.from_url(os.environ["BENCH_REDIS"]).publish(CHANNEL, json.dumps(event))


def _create(design: int, kind: str, messages: loads.Messages) -> str:
    _tell({"design": design, "kind": kind, "state": "started"})
    text = ask(os.environ["BENCH_MODEL"], messages)
    _tell({"design": design, "kind": kind, "state": "done"})
    return text


@app.task
def create_diagram(design: int, messages: loads.Messages) -> str:
    return _create(design, "diagram", messages)


@app.task
def create_erd(design: int, messages: loads.Messages) -> str:
    return _create(design, "erd", messages)


@app.task
def create_api(design: int, messages: loads.Messages) -> str:
    return _create(design, "api", messages)


@app.task
def collect_results(results: list[str], design: int) -> list[str]:
    _tell({"design": design, "state": "finished", "at": time.time()})
    return results


def main(designs: int) -> None:
    plans = [loads.stages("parts", number)[0] for number in range(designs)]
    channel = redis.Redis.from_url(os.environ["BENCH_REDIS"]).pubsub()
    channel.subscribe(CHANNEL)
    used, began = time.process_time(), time.time()
    for number, plan in enumerate(plans):
        made = zip((create_diagram, create_erd, create_api), plan, strict=True)
        chord([task.s(number, messages) for task, messages in made])(collect_results.s(number))
    ended: list[float] = []
    for message in channel.listen():
        event = json.loads(message["data"]) if message["type"] == "message" else {}
        if event.get("state") == "finished":
            ended.append(event["at"] - began)
        if len(ended) == designs:
            break
    print(json.dumps({"seconds": max(ended), "each": sorted(ended), "cpu": time.process_time() - used}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
