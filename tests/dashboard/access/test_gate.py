"""Nothing of the dashboard writes without passing the gate."""

import ast

from dashboard.access.acts import ACTS
from idc_core.io.paths import REPOSITORY
from tests.dashboard.access.writers import STORES, functions, writers

HANDED_ON = {
    "dashboard.cache.reviews.record",
    "dashboard.cache.reviews.undo",
    "dashboard.cache.regions.record",
    "dashboard.cache.regions.undo",
    "dashboard.cache.similar.measure",
    "dashboard.cache.slices.measure",
    "dashboard.views.data.cut.work.start",
    "dashboard.views.patients.region_act.do",
    "dashboard.views.score.slide.start._queued",
    "dashboard.views.score.slide.start._uploaded",
    "dashboard.views.training.train_start._queued",
    "dashboard.widgets.verdict_act.store",
}
"""Functions that write for whoever calls them: their callers pass the gate."""
LATER = {
    "dashboard.views.operating_point.threshold.lock._report": "of what was locked in the gate",
    "dashboard.views.score.patches.zip_upload._save": "given to save_run, which calls it there",
    "dashboard.views.score.slide.tab._shown": "given to save_run, which calls it there",
}
"""What is called by what passes the gate, and not here."""
BY_SEEING = {
    "dashboard.cache.looks.look": "a look at test is counted of whoever sees it",
    "dashboard.cache.reviews._opened": "an older file is brought up to date when it is read",
    "dashboard.cache.threshold_table._made": "what the page is drawn from, made once",
}
"""What is written because something is seen, whoever sees it."""
OUTSIDE = ("dashboard.browser.", "dashboard.serve", "dashboard.state.jobs.", "dashboard.server.")
"""What no user asks for: the set-up of the browser's scripts, the start and the end of a server."""


def _ungated():
    """Calls of writing functions outside the gate, as (function, what it calls)."""
    written = {name for name in writers() if name.startswith("idc_core.")}
    written |= HANDED_ON | {f"{by}().{name}" for by, names in STORES.items() for name in names}
    return {
        (name, called)
        for name, each in functions().items()
        if name.startswith("dashboard.") and not name.startswith(OUTSIDE)
        for called, gated in each.calls
        if called in written and not gated
    }


def test_what_writes_is_found_however_far_down():
    found = writers()
    assert "idc_core.runs.ledger.lock" in found
    assert "idc_core.runs.notes.tag" in found
    assert "idc_core.importing.run.import_predictions" in found
    assert "idc_core.runs.ledger.check" not in found


def test_what_writes_to_a_server_is_found_and_what_reads_from_it_is_none():
    found = writers()
    assert {
        "idc_core.runs.ledger.lock_on",
        "idc_core.runs.ledger.lock_in_folds",
        "idc_core.runs.ledger.look",
        "idc_core.runs.run_logs.bring",
        "idc_core.io.postgres.logs.add",
        "idc_core.backup.moving.move_all",
    } <= found
    assert (
        not {
            "idc_core.runs.run_logs.points",
            "idc_core.runs.run_logs.looks",
            "idc_core.io.postgres.logs.heads",
            "idc_core.io.postgres.logs.lines",
        }
        & found
    )


def test_nothing_writes_without_passing_the_gate():
    may = HANDED_ON | set(LATER) | set(BY_SEEING)
    assert sorted(each for each in _ungated() if each[0] not in may) == []


def test_no_exception_is_left_over():
    used = {name for name, _ in _ungated()}
    assert sorted((HANDED_ON | set(LATER) | set(BY_SEEING)) - used) == []


def test_every_act_of_the_catalogue_is_asked_for_somewhere():
    asked = set()
    files = (REPOSITORY / "dashboard").rglob("*.py")
    for file in [each for each in files if each.name != "acts.py"]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and node.value in ACTS:
                asked.add(node.value)
    assert asked == set(ACTS)
