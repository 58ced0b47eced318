"""From the networks of a run's folds to the run that judges its recipe, `<run>-folds`.

Every patient that has a split is there, scored by the network of the fold that held them out. Each
fold's threshold is chosen by the run's rule on the fold's own validation; the scores are shown on
the scale on which these thresholds fall together (`metrics/fold_scale.py`).
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from idc_core.data.places import place_of
from idc_core.data.shown_splits import DATA_SPLIT, FOLD, OUT_OF_FOLD, RAW
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate import threshold_tables
from idc_core.evaluate.evaluation import reachable, write_evaluation
from idc_core.io import provenance, record
from idc_core.io.files import sha256_of, write_parquet
from idc_core.io.refusal import Refusal
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Ranked
from idc_core.metrics.fold_scale import common_threshold, on_common_scale
from idc_core.metrics.operating_point import DEFAULT_RULE, choose, rule_words
from idc_core.records import folds as folds_file
from idc_core.records.run_info import (
    FILE,
    CrossValidated,
    Data,
    RunInfo,
    Training,
    info_if_whole,
    new_id,
)
from idc_core.runs import ledger
from idc_core.runs.cross_validated import (
    CHOSE,
    LEARNT,
    ROLES,
    STATUS,
    TAUGHT,
    path_of,
    refuse_leaks,
)
from idc_core.runs.out_of_fold import fold_path, teacher_path, trained_otherwise
from idc_core.runs.patient_counts import by_patient
from idc_core.runs.run import Run, open_run, prediction_columns
from idc_core.runs.writer import building


def put_together(run: Run, store: PatchStore, table: pd.DataFrame) -> Run:
    """Write the run that judges the recipe of `run`, and return it; one that says the same already
    is left as it is.

    `table`: the gathered out-of-fold scores (`out_of_fold.gather`). Raises `Refusal` where a
    network judged a patient that it had seen, where a fold's validation holds one class, or where
    a run that is none of folds has the name.
    """
    target = path_of(run.path)
    refuse_other(target)
    folds = _opened_folds(run, int(table[FOLD].max()))
    rule = ledger.newest_rule(run, otherwise=DEFAULT_RULE)
    made_from = _digest(folds, rule)
    there = info_if_whole(target)
    known = None if there is None else there.cross_validated
    if known is not None and known.made_from == made_from and (target / "report.json").is_file():
        return open_run(target)
    roles = _roles(run, folds)
    refuse_leaks(table, roles)
    chosen = [_chosen(each, number, rule) for number, each in enumerate(folds, start=1)]
    thresholds = [threshold for threshold, _ in chosen]
    predictions = _predictions(store, table, thresholds)
    with building(target) as made:
        write_parquet(made.folder / ROLES, roles)
        write_parquet(made.folder / "predictions.parquet", predictions)
        dealt = folds_file.read_folds(run.path)
        assert dealt is not None  # they were begun
        record.write(made.folder / folds_file.FILE, dealt)
        facts = CrossValidated(
            run=run.name,
            folds=len(folds),
            seed=dealt.seed,
            rule=rule,
            thresholds=thresholds,
            best_epochs=[each.info.best_epoch for each in folds],
            tested=_patients(predictions, "test"),
            chose=_patients(predictions, "validation"),
            differs=trained_otherwise(run),
            roles=sha256_of(made.folder / ROLES),
            made_from=made_from,
        )
        info = _info(run, store, predictions, facts, roles)
        record.write(made.folder / FILE, info)
        _lock(Run(made.folder, info), rule, common_threshold(thresholds), chosen, folds)
        write_evaluation(Run(made.folder, info))
        threshold_tables.keep(Run(made.folder, info))
    return open_run(target)


def refuse_other(target: Path) -> None:
    """Raise `Refusal` where another kind of run has the name."""
    there = info_if_whole(target) if (target / FILE).is_file() else None
    if there is not None and there.cross_validated is None:
        raise Refusal(
            f"expected the name {target.name} for the run that judges the recipe out of fold: "
            f"another run has it. Rename that: python train_cli.py rename NEW --run {target.name}."
        )


def _opened_folds(run: Run, folds: int) -> list[Run]:
    return [open_run(fold_path(run.path, number)) for number in range(folds)]


def _digest(folds: list[Run], rule: str) -> str:
    """Of all that the run of folds is made from."""
    taught = [str(each.info.teacher and each.info.teacher.sha256) for each in folds]
    parts = [*(sha256_of(each.scores_file) for each in folds), *taught, rule]
    return sha256("\n".join(parts).encode()).hexdigest()


def _roles(run: Run, folds: list[Run]) -> pd.DataFrame:
    """Who was what to each fold's network and its teacher, as these runs recorded it themselves."""
    parts = []
    for number, each in enumerate(folds, start=1):
        parts.append(_used(each, number, {"train": LEARNT, "validation": CHOSE}))
        teacher = each.info.teacher
        if teacher is None:
            continue
        own = teacher_path(run.path, number - 1)
        network = own / "model.onnx"
        if not network.is_file() or sha256_of(network) != teacher.sha256:
            raise Refusal(
                f"expected fold {number} of {run.name} to have a teacher of its own in {own}: it "
                "learnt from another, which may have seen the patients of the fold. Remove the "
                "folder folds/ and folds.json of the run, and train its folds again."
            )
        parts.append(_used(open_run(own), number, {"train": TAUGHT, "validation": TAUGHT}))
    return pd.concat(parts, ignore_index=True)


def _used(run: Run, number: int, role_of: Mapping[str, str]) -> pd.DataFrame:
    rows = run.predictions(compact=True)
    rows = rows[rows["split"].isin(list(role_of))]
    sizes = rows.groupby(["patient", "split"], observed=True).size()
    return pd.DataFrame(
        {
            FOLD: np.int16(number),
            "patient": [str(patient) for patient, _ in sizes.index],
            "role": [role_of[str(split)] for _, split in sizes.index],
            "patches": sizes.to_numpy(np.int64),
        }
    ).sort_values([FOLD, "role", "patient"], ignore_index=True)


def _chosen(fold: Run, number: int, rule: str) -> tuple[float, Confusion]:
    """A fold's threshold by the rule on its own validation, and its counts there."""
    rows = fold.predictions(compact=True)
    rows = rows[rows["split"] == "validation"]
    if rows["label"].nunique() < 2:
        raise Refusal(
            f"expected both classes in the validation of fold {number}: it holds one, and no "
            "threshold can be chosen. Use fewer folds."
        )
    rows = rows.assign(patient=rows["patient"].cat.remove_unused_categories())
    ranked, patients = Ranked(rows["label"].to_numpy(), rows["score"].to_numpy()), by_patient(rows)
    found = choose(ranked, reachable(ranked, patients, rule), patients.at)
    return found.threshold, ranked.counts(found.threshold)


def _predictions(store: PatchStore, table: pd.DataFrame, thresholds: list[float]) -> pd.DataFrame:
    """The gathered scores as predictions; `score` on the common scale, raw ones beside it."""
    key = place_of(store.index, table)
    rows = table.merge(store.index[[*key, "file"]], on=key, validate="one_to_one")
    raw = rows["score"].to_numpy(np.float64)
    fold = rows[FOLD].to_numpy(np.int64) - 1
    rows = rows.rename(columns={"split": DATA_SPLIT, "score": RAW}).assign(
        split=OUT_OF_FOLD, score=on_common_scale(raw, fold, thresholds)
    )
    return rows[[*prediction_columns(rows), FOLD, DATA_SPLIT, RAW]]


def _patients(predictions: pd.DataFrame, data_split: str) -> int:
    return int(predictions.loc[predictions[DATA_SPLIT] == data_split, "patient"].nunique())


def _info(
    run: Run,
    store: PatchStore,
    predictions: pd.DataFrame,
    facts: CrossValidated,
    roles: pd.DataFrame,
) -> RunInfo:
    learnt = roles[roles["role"] == LEARNT].groupby(FOLD)["patient"].nunique()
    patients = int(predictions["patient"].nunique())
    said = (
        f"{facts.folds} networks, each on {learnt.min():,} to {learnt.max():,} patients of "
        f"“{store.name}” outside the fold that it scored"
    )
    return RunInfo(
        id=new_id(),
        status=STATUS,
        network=run.info.network,
        seed=facts.seed,
        data=Data(
            name=store.name,
            fingerprint=store.fingerprint,
            patches={OUT_OF_FOLD: len(predictions)},
            patients={OUT_OF_FOLD: patients},
            synthetic=store.manifest.is_synthetic or None,
        ),
        versions={**provenance.versions()},
        commit=provenance.commit(),
        machine=provenance.machine(),
        started=provenance.now(),
        trained_on=said,
        training=Training(said=said, name=store.name, fingerprint=store.fingerprint),
        raster=store.raster,
        cross_validated=facts,
    )


def _lock(
    run: Run,
    rule: str,
    threshold: float,
    chosen: list[tuple[float, Confusion]],
    folds: list[Run],
) -> None:
    """Record the common threshold as the operating point, with what the folds' validations gave."""
    counts = [each for _, each in chosen]
    total = Confusion(
        *(sum(getattr(each, name) for each in counts) for name in ("tn", "fp", "fn", "tp"))
    )
    said = rule_words(rule, run.info.raster.say)
    ledger.lock_in_folds(
        run,
        rule=rule,
        name=f"{said}, in each fold's own validation",
        reason="chosen by the program when the folds were put together",
        threshold=threshold,
        on_validation=total,
        patients=sum((each.info.data or Data()).patients.get("validation", 0) for each in folds),
    )
