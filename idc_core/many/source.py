"""The labelled predictions of a run's split as a stream of batches: whose, which label, which
score."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from idc_core.data.known_labels import UNLABELLED
from idc_core.evaluate import recalibration
from idc_core.evaluate.recalibration import ScoreMap
from idc_core.io.refusal import Refusal
from idc_core.runs import score_parts
from idc_core.runs.run import SMOOTHING, Run

COLUMNS = ("patient", "label", "split", "score")
ROWS = pa.schema([("patient", pa.int32()), ("label", pa.int8()), ("score", pa.float64())])
"""A batch: the number of the patient among the split's names in order, 0 or 1, the score shown."""

_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Split:
    """What the labelled patches of a split are, before they are sorted.

    `patients`: their names, sorted. `idc`, `others`: patches with and without IDC a patient.
    `unlabelled`: patches of the split without a label, which no figure includes.
    """

    patients: npt.NDArray[np.object_]
    idc: npt.NDArray[np.int64]
    others: npt.NDArray[np.int64]
    unlabelled: int

    @property
    def patches(self) -> int:
        """How many have a label."""
        return int(self.idc.sum() + self.others.sum())


@dataclass(slots=True)
class _Seen:
    """Of one split while its batches go by: patients as they come, and their counts."""

    number: dict[str, int] = field(default_factory=dict)
    counts: list[list[int]] = field(default_factory=list)
    unlabelled: int = 0


def look_through(run: Run) -> dict[str, Split]:
    """What each split of the predictions holds, in the order of their first patches.

    Raises `Refusal` naming file and row of a label or score that is none, and where scores are
    smoothed over neighbours, which needs whole slides.
    """
    _refuse_smoothing(run)
    seen: dict[str, _Seen] = {}
    for file, batch in _batches(run):
        for split in batch["split"].unique().to_pylist():
            _count(seen.setdefault(str(split), _Seen()), _of_split(batch, str(split)), file)
    return {split: _settled(found) for split, found in seen.items()}


def rows(run: Run, split: str, names: npt.NDArray[np.object_]) -> pa.RecordBatchReader:
    """The labelled patches of a split, as `ROWS`; `names` are `Split.patients`.

    Scores are those that the pages show: through the run's saved map, if it has one.
    """
    saved = recalibration.saved(run)
    return pa.RecordBatchReader.from_batches(ROWS, _rows(run, split, names, saved))


def _rows(
    run: Run, split: str, names: npt.NDArray[np.object_], saved: ScoreMap | None
) -> Iterator[pa.RecordBatch]:
    for _, batch in _batches(run):
        own = _labelled(_of_split(batch, split))
        if not own.num_rows:
            continue
        score = own["score"].to_numpy(zero_copy_only=False)
        if saved is not None:
            score = saved.apply(score)
        codes, words = _coded(own["patient"])
        number = np.searchsorted(names.astype(str), words).astype(np.int32)[codes]
        yield pa.record_batch([pa.array(number), own["label"], pa.array(score)], schema=ROWS)


def _of_split(batch: pa.RecordBatch, split: str) -> pa.RecordBatch:
    """The rows of one split; the batch itself where it has no others."""
    if batch["split"].unique().to_pylist() == [split]:
        return batch
    return batch.filter(pc.equal(batch["split"].cast(pa.string()), split))


def _labelled(batch: pa.RecordBatch) -> pa.RecordBatch:
    label = batch["label"].to_numpy(zero_copy_only=False)
    known = label != UNLABELLED
    return batch if known.all() else batch.filter(pa.array(known))


def _batches(run: Run) -> Iterator[tuple[Path, pa.RecordBatch]]:
    """All predictions in the order of their files, `COLUMNS`, labels as int8, scores as double."""
    for file in score_parts.files_of(run.path):
        try:
            opened = pq.ParquetFile(
                file, page_checksum_verification=True, read_dictionary=["patient", "split"]
            )
            missing = [name for name in COLUMNS if name not in opened.schema_arrow.names]
            if missing:
                raise Refusal(
                    f"expected the columns {', '.join(COLUMNS)} in {file}: {', '.join(missing)} "
                    "missing."
                )
            for batch in opened.iter_batches(_AT_ONCE, columns=[*COLUMNS]):
                yield file, _settled_kinds(batch)
        except (OSError, pa.ArrowException) as broken:
            reason = (str(broken).splitlines() or [type(broken).__name__])[0]
            raise Refusal(f"expected a whole table in {file}: it is damaged ({reason}).") from None


def _settled_kinds(batch: pa.RecordBatch) -> pa.RecordBatch:
    label = pc.fill_null(batch["label"], UNLABELLED).cast(pa.int8())
    score = batch["score"].cast(pa.float64())
    columns = [batch["patient"], label, batch["split"], score]
    return pa.RecordBatch.from_arrays(columns, names=[*COLUMNS])


def _count(seen: _Seen, batch: pa.RecordBatch, file: Path) -> None:
    _refuse_bad(batch, file)
    label = batch["label"].to_numpy(zero_copy_only=False)
    codes, words = _coded(batch["patient"])
    per_label = np.stack(
        [np.bincount(codes[label == each], minlength=len(words)) for each in (1, 0)], axis=1
    )
    for word, own in zip(words.tolist(), per_label.tolist(), strict=True):
        at = seen.number.setdefault(word, len(seen.number))
        if at == len(seen.counts):
            seen.counts.append([0, 0])
        seen.counts[at][0] += own[0]
        seen.counts[at][1] += own[1]
    seen.unlabelled += int((label == UNLABELLED).sum())


def _refuse_bad(batch: pa.RecordBatch, file: Path) -> None:
    """Raise `Refusal` naming the first value of a label or score that is none."""
    label = batch["label"].to_numpy(zero_copy_only=False)
    score = batch["score"].to_numpy(zero_copy_only=False)
    bad = (label < UNLABELLED) | (label > 1)
    if bad.any():
        raise Refusal(
            f"expected the label 0, 1 or none (-1) in {file}: found {label[bad][0]}. Write the "
            "table again."
        )
    bad = ~((score >= 0) & (score <= 1)) & (label != UNLABELLED)
    if bad.any():
        raise Refusal(
            f"expected scores in [0, 1] in {file}: found {score[bad][0]:g}. If these are logits, "
            "pass them through a sigmoid first."
        )
    if batch["patient"].null_count:
        raise Refusal(f"expected a patient in each row of {file}: some name none.")


def _coded(column: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.str_]]:
    """The number of each row's patient among the names that come back."""
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    codes = column.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    words = np.array(column.dictionary.to_pylist(), dtype=str)
    # A slice keeps the whole dictionary, also names that none of its rows has.
    used = np.flatnonzero(np.bincount(codes, minlength=len(words)))
    place = np.zeros(len(words), np.int64)
    place[used] = np.arange(len(used))
    return place[codes], words[used]


def _settled(seen: _Seen) -> Split:
    """Patients with a label, by name."""
    counts = np.array(seen.counts, dtype=np.int64).reshape(-1, 2)
    names = np.array([*seen.number], dtype=object)
    kept = np.flatnonzero(counts.sum(axis=1))
    order = kept[np.argsort(names[kept].astype(str), kind="stable")] if len(kept) else kept
    return Split(names[order], counts[order, 0], counts[order, 1], seen.unlabelled)


def _refuse_smoothing(run: Run) -> None:
    if (run.path / SMOOTHING).exists():
        raise Refusal(
            f"expected scores that are not smoothed over neighbours: {run.name} keeps a smoothing, "
            f"and holds too many predictions for it. Remove {run.path / SMOOTHING}."
        )
