"""What this server counts of itself, for Prometheus to read at `/metrics`.

No label holds the name of a patient, a reader, a run or a file.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from dashboard.state import streamlit_inside
from idc_core.io.paths import jobs_root
from idc_core.io.refusal import Refusal
from idc_core.jobs.queue import Queue

SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 6.0, 12.0, 30.0)
"""Bounds of the histogram of answers."""


class Meter:
    """The counts of one server.

    `answers`: seconds of a page's script, by page. `refusals`: sentences that told a user what to
    do otherwise, by place. `failures`: internal errors, each with a mark in the log. `jobs`: work
    in the background, by state. `ended`: work that came to an end, by outcome.
    """

    def __init__(self) -> None:
        self.registry = here = CollectorRegistry()
        ProcessCollector(registry=here)
        self.answers = Histogram(
            "idc_answer_seconds",
            "How long pages took to answer.",
            ["page"],
            buckets=SECONDS,
            registry=here,
        )
        self.refusals = Counter(
            "idc_refusals", "Requests and acts refused.", ["place"], registry=here
        )
        self.failures = Counter("idc_failures", "Internal errors.", ["place"], registry=here)
        self.jobs = Gauge("idc_jobs", "", ["state"], registry=None)
        self.ended = Counter("idc_jobs_ended", "", ["outcome"], registry=None)
        here.register(_Work(self))
        sessions = Gauge("idc_sessions", "Browsers that are connected.", registry=here)
        sessions.set_function(streamlit_inside.sessions)
        lookups = Gauge("idc_cache_lookups", "Lookups in all caches.", ["result"], registry=here)
        for result in ("hit", "miss"):
            lookups.labels(result).set_function(partial(streamlit_inside.lookups, result))
        for state in ("waiting", "running"):
            self.jobs.labels(state)

    @contextmanager
    def answering(self, page: str) -> Iterator[None]:
        """Time the script of a page, by its key; one that is stopped or fails counts as well."""
        with self.answers.labels(page).time():
            yield

    def text(self) -> bytes:
        """All counts, in Prometheus's text format."""
        return generate_latest(self.registry)


class _Work(Collector):
    """Work of this process and of the queue, which a worker does: counted together."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def describe(self) -> Iterator[Metric]:
        """Names alone: to register it must not look into the queue."""
        return self._metrics({}, {}, worker=False)

    def collect(self) -> Iterator[Metric]:
        """Read the queue anew."""
        queue, under_way, ended = Queue(jobs_root()), {}, {}
        with suppress(Refusal):  # a page says it; the other counts are still to be had
            if queue.is_there:
                under_way, ended = queue.table.under_way(), queue.table.ended()
        return self._metrics(under_way, ended, worker=queue.worker_is_here())

    def _metrics(
        self, under_way: dict[str, int], ended: dict[str, int], *, worker: bool
    ) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("idc_jobs", "Work in the background.", labels=["state"])
        for state, many in _together(self._meter.jobs, "state", under_way):
            jobs.add_metric([state], many)
        outcomes = CounterMetricFamily("idc_jobs_ended", "Work that has ended.", labels=["outcome"])
        for outcome, many in _together(self._meter.ended, "outcome", ended):
            outcomes.add_metric([outcome], many)
        yield from (jobs, outcomes)
        yield GaugeMetricFamily("idc_worker", "Whether a worker is running.", value=float(worker))


def _together(own: Gauge | Counter, label: str, more: dict[str, int]) -> list[tuple[str, float]]:
    """What this process counted and the queue did, by label."""
    samples = [each for metric in own.collect() for each in metric.samples]
    kept = {
        each.labels[label]: each.value for each in samples if not each.name.endswith("_created")
    }
    return [(name, kept.get(name, 0) + more.get(name, 0)) for name in {**kept, **more}]


METER = Meter()
"""Of this process."""
