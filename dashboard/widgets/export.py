"""What leaves a page: every download button, and the facts that its file carries.

Streamlit makes a file when its button is clicked, outside the session, where the selection is not
known. So the facts are fixed while the page is drawn, and the file says what the page showed,
whatever has been selected since.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import pandas as pd
import streamlit as st

from dashboard.access import gate
from dashboard.access import now as who
from dashboard.access.person import Here
from dashboard.cache import operating, predictions, reviews, runs
from dashboard.state import selection
from dashboard.state.once import once
from idc_core.facts import names
from idc_core.facts.record import RAW, SYNTHETIC, Facts
from idc_core.facts.table import counted, table_csv
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal, Unreachable
from idc_core.runs.data import is_synthetic

MIME = {
    "csv": "text/csv",
    "png": "image/png",
    "svg": "image/svg+xml",
    "html": "text/html",
    "geojson": "application/geo+json",
    "xml": "application/xml",
}


@dataclass(frozen=True, slots=True)
class Count:
    """Patches and patients behind what is exported; None where there are none to count.

    `split`: theirs, where a figure is of another split than the bar's; empty where it is of none.
    `cut`: whether it is drawn at the threshold in the bar.
    """

    patches: int | None
    patients: int | None
    split: str | None = None
    cut: bool = True


NO_COUNT = Count(None, None)
"""Of what is not counted in patches: published results, settings."""
OF_NO_SPLIT = Count(None, None, split="", cut=False)
"""Of what belongs to neither the bar's split nor its threshold: a table of runs, a ledger."""
ONE_PATCH = Count(1, None)

AT_ONCE = 10_000
"""Rows that are counted while the page is drawn; longer tables are counted at export."""


Kind = Literal["primary", "secondary", "tertiary"]
"""How much a button stands out."""


Table = pd.DataFrame | Callable[[], pd.DataFrame]
"""A table, or what makes it when its button is pressed; that must not ask for the selection."""


def facts(of: Count | None = None, rows: Table | None = None) -> Facts:
    """What holds now: what the page follows of the bar, where the figure has nothing of its own.

    Counted on what `of` says, else on `rows` if they are a patch or a patient each, else on the
    patches of the split.
    """
    chosen = selection.current()
    split = _split_of(of)
    cut = selection.follows("threshold") and (of is None or of.cut)
    threshold = chosen.threshold if cut else None
    if of is None and isinstance(rows, pd.DataFrame) and len(rows) <= AT_ONCE:
        own = counted(rows)
        of = None if own is None else Count(*own)
    found = Facts(run=chosen.run, split=split, threshold=threshold, made=now())
    if chosen.run is None:
        return found
    try:
        found = _of_run(found)
        of = of or _count(str(found.run), found.split)
    except Refusal:  # a damaged run: what is not known stays empty
        of = of or NO_COUNT
    return found.of(of.patches, of.patients)


def table(
    rows: Table,
    *,
    key: str,
    label: str = "CSV",
    of: Count | None = None,
    kind: Kind = "tertiary",
) -> None:
    """A button that exports a table as CSV, made when it is clicked.

    Tables with one row per patch or patient are counted themselves; others by `of`, else the split.
    """
    known = facts(of)

    def made() -> str:
        whole = rows if isinstance(rows, pd.DataFrame) else rows()
        own = None if of is not None else counted(whole)
        return table_csv(whole, known if own is None else known.of(*own))

    button(
        label, made, name=key, ending="csv", key=f"csv_{key}", kind=kind, split=known.split or ""
    )


def button(
    label: str,
    make: Callable[[], str | bytes],
    *,
    name: str,
    ending: str,
    key: str,
    patient: str | None = None,
    kind: Kind = "tertiary",
    icon: str | None = ":material/download:",
    split: str | None = None,
    slide: str | None = None,
) -> None:
    """A button for the file that `make` gives when it is clicked; `make` must not ask for the
    selection. `name`: what is in it; `split`: its own where it does not follow the bar, empty
    for none."""
    missing, chosen = gate.needs("export"), selection.current()
    st.download_button(
        label,
        partial(_made, make, who.here(), chosen.run or "", patient or "", name),
        file_name=file_name(name, ending, patient, split, slide),
        mime=MIME[ending.rpartition(".")[2]],
        key=key,
        type=kind,
        icon=icon,
        on_click="ignore",
        disabled=bool(missing),
        help=missing or None,
    )


def _made(
    make: Callable[[], str | bytes], drawn_for: Here, run: str, patient: str, what: str
) -> str | bytes:
    with gate.doing("export", run=run, patient=patient, what=what, drawn_for=drawn_for):
        return make()


def file_name(
    name: str,
    ending: str,
    patient: str | None = None,
    split: str | None = None,
    slide: str | None = None,
) -> str:
    """What a file is called: run, split, patient and slide (the key or its hash), what is in it."""
    chosen = selection.current()
    own = split if split is not None else _split_of(None)
    whose = [each and names.file_part(each) for each in (patient, slide)]
    parts = [chosen.run, own and own.replace(" ", "_"), *whose, name]
    return "_".join(part for part in parts if part) + f".{ending}"


def plain_key(key: str) -> str:
    """A chart's key without the count of `chart_key`.

    >>> plain_key("roc"), plain_key("suspects_1_0")
    ('roc', 'suspects')
    """
    return re.sub(r"(_\d+)+$", "", key)


def _split_of(of: Count | None) -> str | None:
    """The figure's own split, else the bar's where the page follows it."""
    if of is not None and of.split is not None:
        return of.split or None
    return selection.current().split if selection.follows("split") else None


def _of_run(found: Facts) -> Facts:
    try:
        locked = operating.locked_threshold(runs.run(str(found.run)))
        state = "operating point" if locked == found.threshold else "exploratory"
    except Unreachable:
        state = "the operating point was not known"
    known = _known(str(found.run))
    return replace(found, **known, state=None if found.threshold is None else state)


@once
def _known(name: str) -> dict[str, Any]:
    """What holds of a run whatever is chosen."""
    run = runs.run(name)
    return {
        "run": run.name,
        "model": reviews.model_of(run),
        "data": (run.info.fingerprint or "") or None,
        "tissue": SYNTHETIC if is_synthetic(run) else None,
        "classes": run.info.raster.named,
        "calibration": run.calibration_id() or RAW,
    }


@once
def _count(run: str, split: str | None) -> Count:
    """The patches of the split, where the page follows one."""
    if split is None:
        return NO_COUNT
    found = predictions.sorted_scores(runs.run(run), split)
    return Count(0, 0) if found is None else Count(found.patches, len(found.patients))
