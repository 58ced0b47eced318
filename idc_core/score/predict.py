"""Score patches that lie in files: one, several, folders or zips of them.

Conventions:

- Any PNG or JPEG of at most the network's side is scored. What its name does not say stays empty in
  the table.
- A patch of which a source holds a second copy is scored once, as it is taken once by `prepare`.
- What cannot be read is listed with a reason and skipped; one bad file never ends the others.
- A file is named as it was given, of an absolute path only by what may leave this machine; a file
  in a folder or zip by its name in there, with the folder's or zip's own name before it if there
  are several sources.
- The called are those with `score >= threshold`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.folders.file_names import read_name
from idc_core.data.folders.lost_files import Loss, judge_files, split_of_folders
from idc_core.data.folders.patch_files import LOSSY
from idc_core.data.folders.patch_sources import (
    AFTER_END,
    Skipped,
    Tell,
    Unopened,
    blocks,
    named_sources,
)
from idc_core.data.patches import PatchName
from idc_core.data.stores.codec import through
from idc_core.data.stores.store_words import kinds_told, second_copy
from idc_core.data.stores.writer import rows_at_once
from idc_core.evaluate.recalibration import ScoreMap
from idc_core.facts.record import RAW, Facts
from idc_core.facts.table import table_csv
from idc_core.io.files import remove_left, sha256_of, write_text
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Codec
from idc_core.runs.run import Run
from idc_core.score.input_check import Checked, check, joined
from idc_core.score.scoring import Scorer
from idc_core.score.training_range import Profile

COLUMNS = ("file", "patient", "x", "y", "label", "score", "called", "odd")
"""file str · patient str or None · x, y, label Int64, empty where unknown · score float64 ·
called 0 or 1 · odd str, what the input check says of it in two words each, "" where nothing."""

BLOCK = 1024
"""Patches held in memory at a time: 30 MB as the network takes them."""

_PASSED_OVER = frozenset({"nested_copy", "browser_copy", "system_file"})


@dataclass(frozen=True, slots=True)
class Predicted:
    """The scores, one row per patch in columns `COLUMNS`, what was skipped, and the input check;
    `lossy`: how many patches are JPEG, `after_end`: how many files have bytes after their end."""

    table: pd.DataFrame
    skipped: tuple[Skipped, ...]
    checked: Checked
    lossy: int = 0
    after_end: int = 0

    @property
    def refused(self) -> tuple[Skipped, ...]:
        """What was skipped and is neither a second copy nor a file of the system."""
        return tuple(each for each in self.skipped if each.reason not in _PASSED_OVER)

    def told(self) -> list[str]:
        """Sentences on copies, on files of the system, and on what is unusual about the files."""
        passed = Counter(each.reason for each in self.skipped if each.reason in _PASSED_OVER)
        system = passed.pop("system_file", 0)
        return [
            *second_copy(passed, done="scored"),
            *([f"Files of the system, passed over: {system:,}."] if system else []),
            *kinds_told(self.lossy, self.after_end, len(self.table)),
        ]

    def loss(self) -> Loss:
        """What the skipped files mean for classes, splits and patients, and one of those files."""
        split = self.table["file"].map(split_of_folders)
        splits = dict(zip(self.table["patient"], split, strict=True))
        splits.pop(None, None)
        return judge_files(self.table, splits, self.skipped)


def predict_sources(
    sources: Sequence[Path],
    scorer: Scorer,
    threshold: float,
    progress: Tell | None = None,
    *,
    calibration: ScoreMap | None = None,
    profile: Profile | None = None,
    codec: Codec | None = None,
) -> Predicted:
    """Score every patch in `sources`, in their order, and by name within each.

    With the run's kept `calibration` scores are mapped before they are called. Every patch is held
    against the `profile` of the training patches; without one only size and blankness are checked.
    `codec`: what the training patches went through (`Raster.codec`), so these do too.

    Raises `Refusal` only if the network itself will not do.
    """
    files: list[str] = []
    scores: list[npt.NDArray[np.float64]] = []
    skipped: list[Skipped] = []
    checked: list[Checked] = []
    kinds: Counter[str] = Counter()
    most = min(BLOCK, rows_at_once(scorer.side))
    for path, named in zip(sources, named_sources(sources), strict=True):
        prefix = f"{named}/" if len(sources) > 1 else ""
        try:
            for names, patches, sizes in blocks(
                path, named, prefix, skipped, kinds, most, progress, scorer.side
            ):
                true = np.array(sizes)
                block = through(np.stack(patches), true, codec)
                raw = scorer.score(block)
                checked.append(check(block, profile, true))
                scores.append(raw if calibration is None else calibration.apply(raw))
                files.extend(names)
        except Unopened as unopened:
            skipped.append(Skipped(path.as_posix(), "unreadable", str(unopened)))
        except OSError as broken:
            reason = f"it cannot be read ({broken.strerror or broken})."
            skipped.append(Skipped(path.as_posix(), "unreadable", reason))
    found = joined(checked)
    table = _table(files, scores, threshold).assign(odd=pd.Series(found.words(), dtype=object))
    return Predicted(table, tuple(skipped), found, kinds[LOSSY], kinds[AFTER_END])


def write_scores(path: Path, table: pd.DataFrame, facts: Facts) -> None:
    """Write the table as CSV, whole or not at all, with what it was made of (see `facts_of`).

    File names are other people's text: one that a spreadsheet would take for a formula gets an
    apostrophe in front. A score has the digits that read back as the very same number.
    """
    patient = table["patient"]
    patients = int(patient.nunique()) if patient.notna().all() else None
    remove_left(path)
    write_text(path, table_csv(table[list(COLUMNS)], facts.of(len(table), patients)))


def facts_of(run: Run, threshold: float) -> Facts:
    """What scores of a run's network were made of; files of one's own are in no split."""
    point = run.operating_point()
    locked = point is not None and point.threshold == threshold
    return Facts(
        run=run.name,
        model=_digest(run.path / "model.onnx"),
        threshold=threshold,
        data=(run.info.fingerprint or "") or None,
        classes=run.info.raster.named,
        state="operating point" if locked else "exploratory",
        calibration=run.calibration_id() or RAW,
        made=now(),
    )


def _digest(file: Path) -> str | None:
    return sha256_of(file) if file.is_file() else None


def _table(
    files: list[str], scores: list[npt.NDArray[np.float64]], threshold: float
) -> pd.DataFrame:
    score = np.concatenate(scores) if scores else np.empty(0, np.float64)
    known = [_known(file) for file in files]
    columns: dict[str, Any] = {
        field: [None if name is None else getattr(name, field) for name in known]
        for field in ("patient", "x", "y", "label")
    }
    return pd.DataFrame(
        {
            "file": pd.Series(files, dtype=object),
            "patient": pd.Series(columns["patient"], dtype=object),
            "x": pd.array(columns["x"], dtype="Int64"),
            "y": pd.array(columns["y"], dtype="Int64"),
            "label": pd.array(columns["label"], dtype="Int64"),
            "score": score,
            "called": (score >= threshold).astype(np.int8),
        }
    )


def _known(file: str) -> PatchName | None:
    try:
        return read_name(PurePosixPath(file).name).name
    except Refusal:
        return None
