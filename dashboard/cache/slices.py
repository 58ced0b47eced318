"""Subgroups (slices) of a run's patches: formed once per split, evaluated at every threshold.

What needs pixels is measured once and kept in the run's `analysis/`; nothing here measures unless
`measure` is called.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.cache import predictions, stamps, stores
from dashboard.cache.sorted_split import StoredSplit
from dashboard.cache.stamps import Stamp
from dashboard.charts.theme import rate
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate.slices import attributes, cut_store, joined_store, pixels
from idc_core.evaluate.slices.attributes import Attribute
from idc_core.evaluate.slices.table import (
    AREA,
    Areas,
    Cut,
    Slice,
    Sliced,
    alone,
    judged,
    slice_aucs,
    sliced,
)
from idc_core.evaluate.slices.weakest import Weakest, weakest_of
from idc_core.many import subgroups
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import Raster
from idc_core.runs.run import Run, open_run

DEFAULT = "balanced_accuracy"
MOST = 1_000_000

_QUARTERS = {
    "brightness": ("Brightness", "Mean of red, green and blue, 0 to 255.", 0),
    "saturation": ("Saturation", "Mean saturation (HSV), 0 to 1.", 2),
    "haematoxylin": ("Haematoxylin", "Mean amount of stain, by colour deconvolution.", 2),
    "eosin": ("Eosin", "Mean amount of stain, by colour deconvolution.", 2),
}
NEEDS_PIXELS = ("White share", *(title for title, _, _ in _QUARTERS.values()))
SPLIT = ("split", "Split")


@dataclass(frozen=True)
class Cuts:
    """All attributes of one split; pairs of them are added when first asked for."""

    cuts: dict[str, Cut]
    pairs: dict[tuple[str, str], Sliced] = field(default_factory=dict)
    areas: dict[tuple[str, str], Areas] = field(default_factory=dict)

    def pair(self, one: str, other: str, found: predictions.SplitScores) -> Sliced:
        """Two attributes combined."""
        if (one, other) not in self.pairs:
            a, b = self.cuts[one].attribute, self.cuts[other].attribute
            self.pairs[one, other] = sliced(attributes.crossed(a, b), found.patients)
        return self.pairs[one, other]

    def areas_of_pair(self, one: str, other: str, found: predictions.SplitScores) -> Areas:
        """ROC-AUC of its cells, which are not compared with the rest."""
        if (one, other) not in self.areas:
            cut = self.pair(one, other, found)
            self.areas[one, other] = slice_aucs(cut, found.patients, compare=False)
        return self.areas[one, other]


def cuts(run: Run, split: str) -> Cuts:
    """The attributes that can be known without measuring; none of a split without patches."""
    return _cuts(*_named(run, split))


def every_slice(run: Run, split: str, threshold: float, metric: str) -> list[Slice]:
    """All subgroups of a split by all attributes, evaluated at the threshold."""
    found = predictions.sorted_scores(run, split)
    if found is None:
        return []
    known, whole = cuts(run, split), found.patients.at(threshold)
    areas = _areas(*_named(run, split)) if metric == AREA else {}
    return [
        each
        for name, cut in known.cuts.items()
        for each in judged(cut, whole, threshold, metric, areas.get(name))
    ]


def crossed(
    run: Run, split: str, threshold: float, metric: str, one: str, other: str
) -> list[Slice]:
    """All non-empty cells of two attributes combined."""
    found = predictions.scores(run, split)
    if found is None:
        return []
    known = cuts(run, split)
    cut = known.pair(one, other, found)
    areas = known.areas_of_pair(one, other, found) if metric == AREA else None
    return judged(cut, found.patients.at(threshold), threshold, metric, areas)


def by_split(run: Run, threshold: float, metric: str) -> list[Slice]:
    """Every split as a subgroup; patients differ, so there is no difference from the rest."""
    slices = []
    for split in predictions.splits(run):
        found = predictions.sorted_scores(run, split)
        if found is not None:
            counts = found.patients.at(threshold)
            slices.append(
                alone((*SPLIT, split, split), counts, metric, _area_of(run, split, metric))
            )
    return slices


def whole(run: Run, split: str, threshold: float, metric: str) -> Slice | None:
    """The split itself, evaluated as a subgroup is."""
    found = predictions.sorted_scores(run, split)
    if found is None:
        return None
    counts, area = found.patients.at(threshold), _area_of(run, split, metric)
    return alone(("all", "All patches", split, "all patches"), counts, metric, area)


def _area_of(run: Run, split: str, metric: str) -> Interval | None:
    if metric != AREA:
        return None
    file = stamps.stamp(run.scores_file)
    return _area(str(run.path), split, run.calibration_id(), file)


def weakest(
    run: Run, split: str, threshold: float, metric: str = DEFAULT
) -> tuple[str, Slice] | None:
    """The weakest subgroup in a sentence, of what is known without measuring; None without one.

    Other pages may ask for it at every change of the threshold, so a split of more than `MOST`
    patches has none here: forming its subgroups takes seconds.
    """
    scores = None if predictions.are_too_many(run) else predictions.scores(run, split)
    if scores is None or len(scores.rows) > MOST:
        return None
    found = weakest_of(every_slice(run, split, threshold, metric))
    if found.found is None:
        return None
    return sentence(found, metric, run.info.raster), found.found


def sentence(found: Weakest, metric: str, raster: Raster) -> str:
    """Which subgroup is weakest, in plain words."""
    name = METRICS[metric].in_a_sentence
    if found.found is not None:
        worst = found.found
        return (
            f"Weakest: {in_words(worst)}, {name} {rate(worst.figure.value)} "
            f"(95 % between {rate(worst.figure.low)} and {rate(worst.figure.high)}), "
            f"{rate(abs(worst.difference.value))} below the rest."
        )
    if not found.ranked:
        return (
            f"No subgroup is named weakest by {name}: it rises with the share of "
            f"{raster.positive}, which differs between subgroups. Compare by balanced accuracy or "
            "ROC-AUC."
        )
    if found.lowest is None:
        return "No subgroup has enough patches and patients to be compared with the rest."
    return (
        f"No subgroup is shown to be below the rest. Lowest: {in_words(found.lowest)}, "
        f"{name} {rate(found.lowest.figure.value)}."
    )


def in_words(each: Slice) -> str:
    """How a sentence names a subgroup: `white share 5–30 %`."""
    title = each.title[0].lower() + each.title[1:]
    return f"{title}, {each.label}" if each.label[0].isalpha() else f"{title} {each.label}"


def needs_measuring(run: Run) -> PatchStore | None:
    """The store whose pixels are here and were not measured for this run yet."""
    store = stores.pixels_of(run)
    return store if store is not None and measured(run) is None else None


def measured(run: Run) -> pd.DataFrame | None:
    """What was measured of the pixels of a run's data."""
    found = _pixel_stamp(run)
    if found is None:
        return None
    unkept = _unkept().get(_unkept_key(run))
    return unkept if unkept is not None else _kept(str(run.path), _fingerprint(run), found)


def measure(run: Run, store: PatchStore, progress: Callable[[int, int], None]) -> None:
    """Measure all patches and keep the table with the run, or in memory where it cannot."""
    table = pixels.measure(store, progress)
    try:
        pixels.save(run.path, store.fingerprint, table)
    except OSError:  # a folder that cannot be written: it is measured again after a restart
        _unkept()[_unkept_key(run)] = table


@st.cache_resource(show_spinner=False)
def _unkept() -> dict[tuple[str, str], pd.DataFrame]:
    return {}


def _unkept_key(run: Run) -> tuple[str, str]:
    return str(run.path), _fingerprint(run)


def _fingerprint(run: Run) -> str:
    return run.info.fingerprint or ""


def _pixel_stamp(run: Run) -> Stamp | None:
    """What identifies the table of measures; None where there is none."""
    unkept = _unkept().get(_unkept_key(run))
    if unkept is not None:
        return "in memory", 0, 0, len(unkept)
    fingerprint = _fingerprint(run)
    file = pixels.place(run.path, fingerprint) if fingerprint else None
    if file is None or _kept(str(run.path), fingerprint, stamps.stamp(file)) is None:
        return None
    return stamps.stamp(file)


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept(path: str, fingerprint: str, stamp: Stamp) -> pd.DataFrame | None:
    return pixels.saved(Path(path), fingerprint)


_Named = tuple[str, str, str | None, Stamp, Stamp | None, Raster]


def _named(run: Run, split: str) -> _Named:
    """What the subgroups of a split depend on."""
    file = stamps.stamp(run.scores_file)
    raster = run.info.raster
    return str(run.path), split, run.calibration_id(), file, _pixel_stamp(run), raster


@st.cache_resource(
    max_entries=4,
    show_spinner="Computing ROC-AUC of all subgroups …",
    hash_funcs={Raster: repr},
)
def _areas(
    path: str,
    split: str,
    calibration: str | None,
    stamp: Stamp,
    pixel_stamp: Stamp | None,
    raster: Raster,
) -> dict[str, Areas]:
    run = open_run(Path(path))
    known = _cuts(path, split, calibration, stamp, pixel_stamp, raster)
    if predictions.are_too_many(run):
        kept = predictions.sorted_scores(run, split)
        assert isinstance(kept, StoredSplit)
        return {name: subgroups.areas(kept.stored) for name in known.cuts}
    found = predictions.scores(run, split)
    assert found is not None
    return {
        name: slice_aucs(cut, found.patients)
        for name, cut in known.cuts.items()
        if isinstance(cut, Sliced)
    }


@st.cache_resource(
    max_entries=12,
    show_spinner="Sorting the patches into subgroups …",
    hash_funcs={Raster: repr},
)
def _cuts(
    path: str,
    split: str,
    calibration: str | None,
    stamp: Stamp,
    pixel_stamp: Stamp | None,
    raster: Raster,
) -> Cuts:
    run = open_run(Path(path))
    if predictions.are_too_many(run):
        kept = predictions.sorted_scores(run, split)
        if not isinstance(kept, StoredSplit):
            return Cuts({})
        return Cuts({"burden": subgroups.by_burden(kept.stored, raster)})
    found = predictions.scores(run, split)
    if found is None:
        return Cuts({})
    rows = found.rows
    table = measured(run) if pixel_stamp is not None else None
    store = stores.store_of(run)
    known = attributes.without_pixels(
        rows,
        found.patients.patients,
        store,
        raster,
        sampled_labels=run.info.sampled_labels,
    )
    known += joined_store.of_joined(rows, store)
    known += cut_store.of_cut(rows, store)
    if table is not None:
        known += _of_pixels(rows, table)
    return Cuts({each.name: sliced(each, found.patients) for each in known})


def _of_pixels(rows: pd.DataFrame, table: pd.DataFrame) -> list[Attribute]:
    own = attributes.aligned(rows, table, pixels.MEASURES)
    training = table[table["split"] == "train"]
    reference = training if len(training) else table
    of = "the training split" if len(training) else "all patches, as there is no training split"
    return [
        attributes.white(own["white"]),
        *(
            attributes.quarters(
                name, title, own[name], reference[name], f"{note} Quarters of {of}.", digits
            )
            for name, (title, note, digits) in _QUARTERS.items()
        ),
    ]


@st.cache_resource(max_entries=24, show_spinner=False)
def _area(path: str, split: str, calibration: str | None, stamp: Stamp) -> Interval:
    found = predictions.sorted_scores(open_run(Path(path)), split)
    assert found is not None
    return found.roc_auc_interval
