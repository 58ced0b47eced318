"""Where patches and labels came from: who was left out, what counts as IDC, how far it reaches."""

import numpy as np
import pandas as pd

from idc_core.data.shown_splits import in_split
from idc_core.data.split.splits import SPLITS
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate.suspects import CONFIDENT, outside, suspicion
from idc_core.export.blocks import Block, Missing, Pairs, Table
from idc_core.io.digits import counted, patches_and_patients
from idc_core.records.raster import USUAL
from idc_core.records.run_info import RunInfo
from idc_core.runs.cross_validated import note
from idc_core.runs.data import is_synthetic
from idc_core.runs.out_of_fold import out_of_fold
from idc_core.runs.run import Run
from idc_core.runs.trained_on import Unknown, training_data

STANDARD = (
    "of the Kaggle data “Breast Histopathology Images” (Cruz-Roa et al. 2014, "
    "10.1117/12.2043872): a patch is IDC where at least 80 % of it lies inside the outline that a "
    "pathologist drew, one outline per slide. Whether other data were labelled so is not recorded."
)
OTHER = (
    "as this data came, {positive} against {negative}: who drew outlines, and from which share of "
    "a patch on it counts, is not recorded."
)
SYNTHETIC = "of synthetic tissue, made by this project: no pathologist labelled them."


def flow(store: PatchStore | None) -> list[Block]:
    """From files to the splits, and what was left out, from the store's own record."""
    if store is None:
        return [
            Missing(
                "Not known here: the patches of this run are not on this machine, and with them "
                "what was left out. Write the report where the store is."
            )
        ]
    manifest, index = store.manifest, store.index
    rejected, files = manifest.rejected or {}, manifest.files
    unused = index[index["split"] == "unused"]
    reasons = "; ".join(f"{count:,} {reason}" for reason, count in rejected.items())
    apart = manifest.set_aside_augmented_copies or 0
    copies = (
        [("Set aside, augmented copies of patches in another split", f"{apart:,}")] if apart else []
    )
    steps = [
        ("Files found", f"{files:,}" if files is not None else "not recorded"),
        ("Not taken", f"{sum(rejected.values()):,}" + (f" ({reasons})" if reasons else "")),
        (
            "Set aside, same pixels as another",
            f"{manifest.set_aside_for_shared_pixels or 0:,}",
        ),
        *copies,
        ("Patches kept", f"{len(index):,} of {counted(index['patient'].nunique(), 'patient')}"),
        (
            "In no split",
            patches_and_patients(len(unused), unused["patient"].nunique()),
        ),
    ]
    splits = [
        [
            name,
            f"{len(own):,}",
            f"{int((own['label'] == 1).sum()):,}",
            f"{own['patient'].nunique():,}",
        ]
        for name in SPLITS
        if name != "unused" and len(own := index[index["split"] == name])
    ]
    return [Pairs(steps), Table(("Split", "Patches", store.raster.positive, "Patients"), splits)]


def _standard(run: Run) -> str:
    raster = run.info.raster
    if is_synthetic(run):
        return SYNTHETIC
    if (raster.patch_px, raster.positive) == (USUAL.patch_px, USUAL.positive):
        return STANDARD
    return OTHER.format(positive=raster.positive, negative=raster.negative)


def reference_standard(run: Run, labelled: pd.DataFrame | None, split: str) -> Pairs:
    """What a label means, how much it is doubted, and what nobody wrote down."""
    return Pairs(
        [
            ("Labels", _standard(run)),
            ("Label doubts", _doubts(run, labelled, split)),
            ("Number, experience and blinding of annotators", "not recorded"),
            ("Agreement of annotators", "not recorded"),
            ("Validation", validation(run.info)),
        ]
    )


def validation(info: RunInfo) -> str:
    """How far the figures reach: internal, or of unknown source."""
    name = info.data_name
    known = training_data(info)
    if isinstance(known, Unknown):
        return f"imported: source unknown ({known.why})"
    if info.cross_validated is not None:
        return f"internal cross-validation, one source: {note(info)}"
    if info.status == "scored" or name is None or (known.name not in (None, name)):
        return "source of the evaluated patches not recorded"
    return (
        "internal validation, one source: the patients evaluated are from the same data, "
        f"“{name}”, as those it was trained on"
    )


def _doubts(run: Run, labelled: pd.DataFrame | None, split: str) -> str:
    folds = out_of_fold(run)
    if folds is None:
        return "not known: this run has no out-of-fold scores (train --folds)"
    if labelled is None:
        return "not known: each patch would have to be looked at, and none or too many are here"
    rows = labelled[in_split(labelled, split)]
    doubt = suspicion(rows["label"], outside(rows, folds))
    known = np.isfinite(doubt)
    if not known.any():
        return f"not known: no patch of {split} has an out-of-fold score"
    many = int((doubt[known] >= CONFIDENT).sum())
    return (
        f"{many:,} of {int(known.sum()):,} labels of {split} are contradicted by a network that "
        f"never saw the patient (it gives the other label at least {CONFIDENT:.0%}); nobody has "
        "shown that these labels are wrong"
    )
