"""What this server counts of itself, for Prometheus to read at `/metrics`.

No label holds the name of a patient, a reader, a run or a file.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from dashboard.state import streamlit_inside

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
        self.jobs = Gauge("idc_jobs", "Work in the background.", ["state"], registry=here)
        self.ended = Counter("idc_jobs_ended", "Work that has ended.", ["outcome"], registry=here)
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


METER = Meter()
"""Of this process."""
