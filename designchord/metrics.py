"""Figures in Prometheus's format, read from the database when asked for: any web process gives the same answer.

Only what is this process's own (live clients, steps not handed over yet, violations reported to it) is not from there.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from designchord.designs import figures
from designchord.wiring import App

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Tally:
    """Counts by labels since this process began. Strangers name the values, so only so many are told apart."""

    def __init__(self, *labels: str, at_most: int) -> None:
        self.labels = labels
        self._at_most = at_most
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, ...]] = Counter()

    def count(self, **values: str) -> bool:
        """Count once; whether it is told apart from others."""
        key = tuple(values[label] for label in self.labels)
        with self._lock:
            known = key in self._counts or len(self._counts) < self._at_most
            self._counts[key if known else ("other",) * len(key)] += 1
        return known

    def items(self) -> list[tuple[tuple[str, ...], int]]:
        with self._lock:
            return list(self._counts.items())


#: What browsers refused on our pages, as they report it.
violations = Tally("directive", "blocked", "page", at_most=200)


def exposition(app: App, *, live_clients: int = 0) -> bytes:
    """All figures as they are now. Raises ``django.db.Error`` when the database does not answer."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(app, live_clients))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, app: App, live_clients: int) -> None:
        self._app = app
        self._live_clients = live_clients

    def describe(self) -> Iterable[Metric]:
        """Nothing: that would read the database when this is registered."""
        return ()

    def collect(self) -> Iterable[Metric]:
        yield from self._work()
        yield from self._calls()
        yield from self._process()

    def _work(self) -> Iterable[Metric]:
        designs = GaugeMetricFamily("designchord_designs", "Designs by state.", labels=["state"])
        for state, count in figures.designs_by_state().items():
            designs.add_metric([state], count)
        yield designs
        steps = GaugeMetricFamily("designchord_steps", "Steps by kind and state.", labels=["kind", "state"])
        for (kind, state), count in figures.steps_by_state().items():
            steps.add_metric([kind, state], count)
        yield steps
        yield GaugeMetricFamily(
            "designchord_queue_age_seconds", "How long the oldest ready step has waited.", value=figures.queue_age()
        )
        yield GaugeMetricFamily(
            "designchord_steps_retaken", "Takings of steps after the first in a run.", value=figures.steps_retaken()
        )

    def _calls(self) -> Iterable[Metric]:
        calls = CounterMetricFamily(
            "designchord_model_calls", "Calls to models that ended; any outcome but answered may be a retry's cause.",
            labels=["model", "outcome"],
        )  # fmt: skip
        tokens = CounterMetricFamily("designchord_model_tokens", "Tokens, as counted.", labels=["model", "sort"])
        cost = CounterMetricFamily("designchord_model_cost_usd", "Price of calls, where known.", labels=["model"])
        latency = HistogramMetricFamily(
            "designchord_model_latency_seconds", "Time to a complete answer.", labels=["model"]
        )
        for row in figures.calls_ever():
            calls.add_metric([row.model, row.outcome], row.count)
            if row.outcome != "answered":
                continue
            for sort, count in (
                ("input", row.input_tokens), ("cached", row.cached_tokens), ("output", row.output_tokens)
            ):  # fmt: skip
                tokens.add_metric([row.model, sort], count)
            cost.add_metric([row.model], row.cost_usd)
            bounds = [(str(bound), float(n)) for bound, n in zip(figures.LATENCIES, row.latencies, strict=True)]
            latency.add_metric([row.model], [*bounds, ("+Inf", float(row.count))], row.seconds)
        yield from (calls, tokens, cost, latency)
        yield GaugeMetricFamily(
            "designchord_model_calls_open", "Calls to models under way.", value=figures.calls_under_way()
        )

    def _process(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "designchord_live_clients", "Who watches a design through this process.", value=self._live_clients
        )
        yield GaugeMetricFamily(
            "designchord_steps_unpublished", "Steps that this process has not handed over yet.",
            value=self._app.engine.waiting(),
        )  # fmt: skip
        refused = CounterMetricFamily(
            "designchord_csp_violations", "What browsers reported as refused by a policy of ours.",
            labels=violations.labels,
        )  # fmt: skip
        for values, count in violations.items():
            refused.add_metric(values, count)
        yield refused
