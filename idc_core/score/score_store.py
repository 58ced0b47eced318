"""A run of the scores that another run's network gives the patches of a store."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from idc_core.data.known_labels import UNLABELLED
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io import record
from idc_core.io.files import write_parquet
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import Origin
from idc_core.runs import fitted_on, seal
from idc_core.runs.run import Run, open_run, prediction_columns
from idc_core.runs.writer import building
from idc_core.score.save_as_run import bring_along, info_of, refuse_name
from idc_core.score.scoring import Scorer

TellPatches = Callable[[int, int], None]


def score_store(
    parent: Run, store: PatchStore, name: str, models: Path, *, tell: TellPatches | None = None
) -> Run:
    """Write `models/<name>`: the scores of all patches of `store` by the network of `parent`, and
    its calibration and operating points.

    Where the store has labels the run is judged on them, else it is only looked at. Raises
    `Refusal` where the name is taken, the patches are not of the size and scale that the network
    knows, or some have a label and others have none.
    """
    refuse_name(name, models)
    refuse_other_patches(parent, store)
    refuse_some_labels(store)
    scores = Scorer(parent.path / "model.onnx").score(store.patches, progress=tell)
    with building(models / name) as made:
        write_scores(parent, store, scores, made.folder)
    return open_run(models / name)


def write_scores(
    parent: Run, store: PatchStore, scores: npt.NDArray[np.float64], folder: Path
) -> None:
    """Fill the folder of a run that holds these scores of all patches of `store`."""
    rows = store.index.assign(score=scores)
    rows = fitted_on.without_labels(rows, fitted_on.patients(parent.path, parent.info))
    labelled = bool((rows["label"] != UNLABELLED).any())
    write_parquet(folder / "predictions.parquet", rows[prediction_columns(rows)])
    bring_along(parent, folder)
    origin = Origin(kind="slide", file=store.name, um_per_px=store.raster.um_per_px)
    record.write(folder / "run.json", info_of(parent, store, origin, labels=labelled))
    if labelled:
        write_evaluation(open_run(folder))
    seal.write(folder)


def refuse_some_labels(store: PatchStore) -> None:
    """Raise `Refusal` where some patches have a label and others have none."""
    labelled = (store.index["label"] != UNLABELLED).to_numpy()
    if labelled.any() != labelled.all():
        raise Refusal(
            f"expected labels for all patches of {store.name} or for none: {int(labelled.sum()):,} "
            f"of {len(labelled):,} have one."
        )


def refuse_other_patches(parent: Run, store: PatchStore) -> None:
    """Raise `Refusal` where the network learnt from patches of another size, scale or treatment."""
    ours, theirs = store.raster, parent.info.raster
    pairs = (
        ("pixels a side", theirs.patch_px, ours.patch_px),
        ("µm per pixel", theirs.um_per_px, ours.um_per_px),
        ("treatment", theirs.codec or "none", ours.codec or "none"),
    )
    for what, wanted, found in pairs:
        if wanted != found:
            raise Refusal(
                f"expected patches as {parent.name} knows them, {what} {wanted}: {store.name} has "
                f"{found}. Cut the slides again for it: python train_cli.py score SLIDES --run "
                f"{parent.name}."
            )
