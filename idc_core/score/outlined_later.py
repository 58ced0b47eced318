"""A scored run gets its labels from outlines that came later, and is judged by them.

Store, scores and places stay as they are, so that every verdict that was given stays on its patch.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from idc_core.annotations.labels import Label
from idc_core.cut.later import Drawn, Later, labels_later
from idc_core.cut.settings import Settings
from idc_core.data.known_labels import UNLABELLED, is_known
from idc_core.data.places import place_of
from idc_core.data.stores.store import KEPT_SLIDES, PatchStore
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io import record
from idc_core.io.files import write_parquet, write_text
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import Outlines
from idc_core.records.score_parts import read_parts
from idc_core.runs import fitted_on, score_parts
from idc_core.runs.run import Run, open_run
from idc_core.runs.writer import extending


def outlined_later(
    run: Run, store: PatchStore, outlines: Path, settings: Settings, *, exhaustive: bool
) -> Later:
    """Give the patches of `run`, which are those of `store`, the labels that the outlines in
    the folder `outlines` say, and judge it.

    The outlines are laid over the slides in the app, too. Raises `Refusal`, and changes nothing,
    where the run has labels of its own, no square gets a label, or outlines will not do.
    """
    if run.has_labels and run.info.outlines is None:
        raise Refusal(
            f"expected a run without labels, as outlines give them: {run.name} has its own. To "
            f"judge it by corrected ones: python train_cli.py evaluate --run {run.name} --labels "
            "TABLE."
        )
    found = labels_later(store, outlines, settings, exhaustive=exhaustive)
    if not is_known(found.labels).any():
        raise Refusal(
            f"expected outlines that say of some square what it is: of {len(found.labels):,} none "
            f"is positive or negative ({found.count(Label.UNDECIDED):,} undecided, "
            f"{found.count(Label.UNKNOWN):,} unknown). Is the table of classes right, and are the "
            "slides annotated exhaustively (--exhaustive)?"
        )
    with extending(run.path) as folder:
        _write_labels(run, store, found, folder)
        said = _said(found, settings, exhaustive=exhaustive)
        record.write(folder / "run.json", record.replace(run.info, labels=True, outlines=said))
        write_evaluation(open_run(folder))
    for each in found.drawn:
        _lay_over(store, each)
    return found


def _write_labels(run: Run, store: PatchStore, found: Later, folder: Path) -> None:
    scored = run.predictions()
    key = place_of(scored, store.index)
    labels = store.index[key].astype({"patient": str})
    labels["label"] = np.maximum(found.labels, UNLABELLED).astype(np.int8)
    rows = scored.drop(columns="label").astype({"patient": str})
    joined = rows.merge(labels, on=key, how="left", validate="one_to_one")
    if joined["label"].isna().any():
        raise Refusal(
            f"expected the patches of {run.name} in the store {store.name}: "
            f"{int(joined['label'].isna().sum()):,} are not there."
        )
    table = joined.astype({"label": np.int8})[list(scored.columns)]
    table = fitted_on.without_labels(table, fitted_on.patients(run.path, run.info))
    if score_parts.known_by(folder).name == score_parts.WHOLE:
        write_parquet(folder / score_parts.WHOLE, table)
    else:
        score_parts.write_parts(folder, _in_parts(table, folder))


def _in_parts(table: pd.DataFrame, folder: Path) -> Iterator[pa.Table]:
    """The rows as the parts in `folder` hold them."""
    first = 0
    for part in read_parts(folder).parts:
        rows = table.iloc[first : first + part.rows]
        yield pa.Table.from_pandas(rows, preserve_index=False)
        first += part.rows


def _said(found: Later, settings: Settings, *, exhaustive: bool) -> Outlines:
    """What `run.json` says of the outlines."""
    return Outlines(
        files={each.slide.name: each.sha256 for each in found.drawn},
        classes={name: role.value for each in found.drawn for name, role in each.roles.items()},
        exhaustive=exhaustive,
        positive_from=settings.thresholds.positive_from,
        negative_to=settings.thresholds.negative_to,
        positive=found.count(Label.POSITIVE),
        negative=found.count(Label.NEGATIVE),
        undecided=found.count(Label.UNDECIDED),
        unknown=found.count(Label.UNKNOWN),
        excluded=found.count(Label.EXCLUDED),
        at=now(),
    )


def _lay_over(store: PatchStore, drawn: Drawn) -> None:
    """Keep what the app draws over the slide, as cutting does."""
    folder = store.path / KEPT_SLIDES
    folder.mkdir(exist_ok=True)
    write_text(folder / f"{drawn.slide.number}.json", drawn.over)
