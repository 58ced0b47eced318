"""What does not fit together in a run and its store: a sentence each, and none where all fits.

Two kinds of evidence. The seal says whether a file is the one that was put there. And files speak
of each other: the ledger names the scores and the network it was chosen on, the report the scores,
labels, maps and threshold it was made from, a store's index the pixels of every patch.
"""

from collections.abc import Callable
from hashlib import sha256

import numpy as np
import pandas as pd

from idc_core.data.images import WHITE, Pixels
from idc_core.data.images import digest as picture_digest
from idc_core.data.known_labels import is_known
from idc_core.data.shown_splits import in_split
from idc_core.data.stores.joined import Compressed
from idc_core.data.stores.store import PatchStore, fingerprint_of
from idc_core.data.stores.writer import rows_at_once
from idc_core.evaluate.evaluation import made_from
from idc_core.evaluate.recalibration import mapped
from idc_core.io import record
from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.metrics.curves import Ranked
from idc_core.records.manifest import FILE
from idc_core.records.report import Report
from idc_core.runs import ledger, score_parts, seal
from idc_core.runs.cross_validated import ROLES, leaks, read_roles
from idc_core.runs.run import Run
from idc_core.runs.seal import Digest

CHUNK = 2048


def contradictions(run: Run, digest: Digest = sha256_of) -> list[str]:
    """What of a run does not fit its seal, its ledger or its report. `digest`: of a file."""
    found: list[str] = []
    for check in (seal_of, ledger_of, report_of, folds_of):
        try:
            found += check(run, digest)
        except Refusal as refused:
            found.append(_sentence(refused))
    return list(dict.fromkeys(found))


def seal_of(run: Run, digest: Digest = sha256_of) -> list[str]:
    """What is not as it was sealed."""
    return seal.differences(run.path, digest)


def parts_of(run: Run) -> list[str]:
    """What of the files that the scores lie in is not as their list says; each is read."""
    return score_parts.differences(run.path)


def ledger_of(run: Run, digest: Digest = sha256_of) -> list[str]:
    """Whether the ledger is whole, and its line in force speaks of these scores and this network.

    The ledger of a saved run came along with its network and speaks of the scores it came from.
    """
    chain = ledger.check(run)
    if chain.broken is not None:
        return [
            f"Line {chain.broken} of the ledger does not follow from the one before: something was "
            "changed or taken out by hand."
        ]
    look = ledger.changed_look(run)
    if look is not None:
        return [
            f"Line {look} of the looks at test follows a line that is not there: one was changed "
            "or taken out by hand."
        ]
    point = run.operating_point()
    if point is None or run.info.scored_by:
        return []
    found = []
    for known, path, words in (
        (point.predictions, run.scores_file, "other scores"),
        (point.model, run.path / "model.onnx", "another network"),
    ):
        file = path.relative_to(run.path)
        if known is not None and path.is_file() and digest(path) != known:
            found.append(
                f"The operating point was locked on {words} than {file} holds: lock one again, or "
                "put the file back."
            )
    data = run.info.fingerprint
    if point.data is not None and data and point.data != data:
        found.append("The operating point was locked on other data than run.json names.")
    return found


def report_of(run: Run, digest: Digest = sha256_of) -> list[str]:
    """Whether the report was made from today's scores, labels, maps and threshold."""
    if not run.has_labels or not (run.path / "report.json").exists():
        return []
    report = run.report()
    again = f"Make it again: python train_cli.py evaluate --run {run.name}."
    known, now = report.made_from, made_from(run, digest)
    if known is not None:
        compared = (
            (known.predictions, now.predictions, "other scores"),
            (known.labels, now.labels, "other corrected labels"),
            (known.calibration, now.calibration, "another calibration"),
        )
        other = [words for then, today, words in compared if then != today]
        if other:
            return [f"The report was made from {' and '.join(other)} than the run holds. {again}"]
    point = run.operating_point()
    if point is not None and report.threshold != point.threshold:
        return [
            f"The report was made at the threshold {_shown(report.threshold)}, the "
            f"operating point is {_shown(point.threshold)}. {again}"
        ]
    if not run.has_predictions:
        return []
    wrong = _other_counts(run, report)
    if wrong:
        return [f"The report counts other errors on {wrong} than the scores give. {again}"]
    return []


def folds_of(run: Run, digest: Digest = sha256_of) -> list[str]:
    """Whether, of a run of folds, no network judged a patient that it, or its teacher, had seen."""
    known = run.info.cross_validated
    if known is None:
        return []
    found = []
    if digest(run.path / ROLES) != known.roles:
        found.append(f"The list of whom each fold learnt from ({ROLES}) is not the recorded one.")
    leaked = leaks(run.predictions(compact=True), read_roles(run.path))
    if leaked:
        fold, patient = leaked[0]
        more = f", and {len(leaked) - 1:,} more" if len(leaked) > 1 else ""
        found = [
            f"The network of fold {fold} judged patient {patient[:64]}, whom it or its teacher had "
            f"seen{more}: these figures look better than they are."
        ]
    return found


def store_of(
    store: PatchStore, progress: Callable[[str, int, int], None] | None = None
) -> list[str]:
    """Whether a store's index is the one its fingerprint was made of, and its pixels are those of
    the index; every patch is read."""
    found = []
    if fingerprint_of(store.index, store.raster) != store.fingerprint:
        found.append(
            f"The index of the store {store.name} is not the one its fingerprint was made of: "
            "labels, places or splits were changed."
        )
    if record.written_otherwise(store.path / FILE):
        found.append(
            f"The facts of the store ({FILE}) are not those that were written: a file was damaged "
            "or edited by hand. Prepare the store again, or put the file back from a copy."
        )
    if not store.has_pixels:
        return found
    changed = changed_patches(store, progress)
    if changed:
        noun = "patch of the store has" if changed == 1 else "patches of the store have"
        found.append(f"{changed:,} {noun} other pixels than {store.name}'s index says.")
    return found


def changed_patches(
    store: PatchStore, progress: Callable[[str, int, int], None] | None = None
) -> int:
    """How many patches do not have the digest that the index holds."""
    coded = store.patches
    if isinstance(coded, Compressed):
        return _changed_coded(coded, store.index["digest"], progress)
    wanted, wide, high = (store.index[name].to_numpy() for name in ("digest", "width", "height"))
    changed = 0
    step = min(CHUNK, rows_at_once(store.raster.patch_px))
    for start in range(0, len(wanted), step):
        some = np.asarray(store.patches[start : start + step])
        for at, pixels in enumerate(some, start):
            whole = picture_digest(pixels[: high[at], : wide[at]])
            if not _is_white(pixels, int(high[at]), int(wide[at])) or (
                whole != wanted[at]
                and (
                    (wide[at], high[at]) != pixels.shape[1::-1]
                    or sha256(pixels.tobytes()).hexdigest() != wanted[at]
                )
            ):
                changed += 1
        if progress is not None:
            progress("checking pixels", min(start + step, len(wanted)), len(wanted))
    return changed


def _is_white(pixels: Pixels, high: int, wide: int) -> bool:
    """Whether a patch is white outside its tissue, as it was padded; the network sees that too."""
    return bool((pixels[high:] == WHITE).all() and (pixels[:high, wide:] == WHITE).all())


def _changed_coded(
    patches: Compressed, wanted: "pd.Series[str]", progress: Callable[[str, int, int], None] | None
) -> int:
    """The same of compressed ones, whose digest is that of their bytes."""
    changed = 0
    for at, digest in enumerate(wanted):
        changed += sha256(patches.kept(at)).hexdigest() != digest
        if progress is not None and (at % CHUNK == 0 or at + 1 == len(wanted)):
            progress("checking pixels", at + 1, len(wanted))
    return changed


def _other_counts(run: Run, report: Report) -> str | None:
    """The first split whose table of the report is not that of the scores at its threshold; None of
    too many scores to be counted again in memory."""
    if score_parts.are_too_many(run.path):
        return None
    rows = mapped(run, run.predictions())
    for split, figures in report.splits.items():
        own = rows[in_split(rows, split) & is_known(rows["label"])]
        if not len(own):
            continue
        ranked, said = Ranked(own["label"].to_numpy(), own["score"].to_numpy()), figures.confusion
        counts = ranked.counts(report.threshold)
        if any(getattr(counts, name) != getattr(said, name) for name in ("tn", "fp", "fn", "tp")):
            return split
    return None


def _shown(threshold: float) -> str:
    return f"{threshold:.4g}"


def _sentence(refused: Refusal) -> str:
    text = str(refused)
    return text[0].upper() + text[1:]
