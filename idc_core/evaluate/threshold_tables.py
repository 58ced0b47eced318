"""The threshold tables of a judged run, made so that its pages need not wait for them."""

from idc_core.data.shown_splits import SHOWN, in_split
from idc_core.evaluate.recalibration import mapped
from idc_core.io.files import sha256_of
from idc_core.metrics.curves import Ranked
from idc_core.runs.patient_counts import by_patient
from idc_core.runs.run import Run, judged
from idc_core.threshold_table import file
from idc_core.threshold_table.build import build
from idc_core.threshold_table.identity import identity


def keep(run: Run) -> list[str]:
    """Make the tables that the run does not have yet; names the splits.

    Raises `Refusal` where they cannot be written, or there is nothing to judge.
    """
    if not run.has_predictions:
        run.predictions()  # raises a Refusal that names the command
    scores, calibration = sha256_of(run.scores_file), run.calibration_id()
    raster, made = run.info.raster, []
    wanted = {split: identity(scores, split, calibration, raster) for split in SHOWN}
    missing = {
        split: of for split, of in wanted.items() if not file.path_of(run, split, of).is_file()
    }
    if not missing:
        return []
    predictions = judged(run, mapped(run, run.predictions()))
    for split, of in missing.items():
        rows = predictions[in_split(predictions, split)]
        if len(rows):
            ranked = Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())
            table = build(by_patient(rows), ranked, raster, of)
            file.write(run, split, of, file.encoded(table))
            made.append(split)
    return made
