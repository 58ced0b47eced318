"""Planted histories: what is wrong is named, with its figures, and nothing else is."""

import numpy as np
import pandas as pd
import pytest

from idc_core.records.run_info import Pretrained, RunInfo, Teacher
from idc_core.train.history.diagnosis import diagnose

EPOCHS = np.arange(1, 31)
SEEDS = range(12)


def table(
    train: np.ndarray, validation: np.ndarray, seed: int = 0, noise: float = 0.004, **more: object
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    columns = {
        "epoch": np.arange(1, len(train) + 1),
        "loss": train + rng.normal(0, noise / 2, len(train)),
        "val_loss": validation + rng.normal(0, noise, len(train)),
    }
    return pd.DataFrame(columns | more)


def healthy(seed: int = 0) -> pd.DataFrame:
    fall = np.exp(-EPOCHS / 5)
    area = 0.93 - 0.2 * fall
    return table(
        0.34 + 0.3 * fall,
        0.35 + 0.28 * fall,
        seed,
        auc=area + 0.005,
        val_auc=area,
        val_sensitivity=np.full(30, 0.8),
        val_sensitivity_at_90_specificity=np.full(30, 0.75),
        val_best_threshold=np.full(30, 0.45),
    )


def kinds(history: pd.DataFrame) -> list[str]:
    return [finding.kind for finding in diagnose(history)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_healthy_run_is_called_healthy_and_nothing_else(seed: int) -> None:
    assert kinds(healthy(seed)) == ["healthy"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_planted_over_fit_is_found_with_its_epoch(seed: int) -> None:
    train = 0.6 * np.exp(-EPOCHS / 12)
    validation = 0.4 + 0.3 * np.exp(-EPOCHS / 3) + 0.008 * np.maximum(0, EPOCHS - 12)
    [finding] = diagnose(table(train, validation, seed))
    assert finding.kind == "over_fit"
    epoch = int(finding.said.split("from epoch ")[1].split()[0])
    assert 8 <= epoch <= 15
    assert "augmentation" in finding.try_next


def test_an_over_fit_says_whether_the_ranking_suffered() -> None:
    train = 0.6 * np.exp(-EPOCHS / 12)
    validation = 0.4 + 0.3 * np.exp(-EPOCHS / 3) + 0.008 * np.maximum(0, EPOCHS - 12)
    kept = table(train, validation, val_auc=np.full(30, 0.9))
    lost = table(train, validation, val_auc=0.9 - 0.004 * np.maximum(0, EPOCHS - 12))
    assert "AUC held (0.900 to 0.900)" in diagnose(kept)[0].said
    assert "AUC fell too" in diagnose(lost)[0].said


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_that_hardly_learns_is_under_fitted(seed: int) -> None:
    flat = 0.62 - 0.01 * (1 - np.exp(-EPOCHS / 10))
    assert kinds(table(flat, flat + 0.01, seed)) == ["under_fit"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_cut_short_is_unfinished(seed: int) -> None:
    fall = 0.65 - 0.012 * EPOCHS
    [finding] = diagnose(table(fall, fall + 0.02, seed), RunInfo(stop_reason="all epochs done"))
    assert finding.kind == "unfinished"
    assert "in the last 6 epochs the validation loss still fell by 0.0" in finding.said
    assert "all epochs done" in finding.said


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rate_too_high_is_named_first(seed: int) -> None:
    rng = np.random.default_rng(seed)
    train = 0.55 + rng.normal(0, 0.06, 30)
    validation = 0.6 + rng.normal(0, 0.15, 30)
    finding = diagnose(table(train, validation), RunInfo(config={"learning_rate": 0.3}))[0]
    assert finding.kind == "too_high_rate"
    assert "1.0e-01 instead of 3.0e-01" in finding.try_next


def test_a_training_that_explodes_has_too_high_a_rate() -> None:
    grows = 0.5 + 0.02 * EPOCHS
    assert "too_high_rate" in kinds(table(grows, grows))


def test_a_collapsing_recall_is_seen_as_a_drifting_threshold() -> None:
    history = healthy().assign(
        val_sensitivity=0.85 - 0.015 * EPOCHS, val_best_threshold=0.5 - 0.01 * EPOCHS
    )
    found = diagnose(history)
    assert [finding.kind for finding in found] == ["healthy", "drifting_threshold"]
    assert "from 0.83 (epoch 1) to 0.40 (epoch 30)" in found[1].said
    assert "at 90 % specificity it went from 0.75 to 0.75" in found[1].said


def test_a_recall_that_is_lost_at_every_threshold_is_no_drift() -> None:
    falls = 0.85 - 0.015 * EPOCHS
    history = healthy().assign(val_sensitivity=falls, val_sensitivity_at_90_specificity=falls - 0.1)
    assert "drifting_threshold" not in kinds(history)


def test_a_gap_to_new_patients_is_told_from_over_fitting() -> None:
    history = healthy()
    history["auc"] = history["val_auc"] + 0.05
    [finding] = diagnose(history)
    assert finding.kind == "patients_differ"
    assert "0.980 on training patients, 0.930" in finding.said


@pytest.mark.parametrize("seed", SEEDS)
def test_noise_alone_is_no_finding(seed: int) -> None:
    noisy = healthy(seed)
    noisy["val_loss"] += np.random.default_rng(seed).normal(0, 0.02, 30)
    assert set(kinds(noisy)) <= {"healthy", "cannot_tell"}


def test_too_few_epochs_cannot_tell() -> None:
    [finding] = diagnose(healthy().head(4))
    assert finding.kind == "cannot_tell"
    assert finding.said == "cannot tell: 4 epochs are too few, at least 5 are needed"
    assert kinds(healthy().head(0)) == ["cannot_tell"]


def test_without_losses_it_cannot_tell() -> None:
    [finding] = diagnose(healthy().drop(columns="val_loss"))
    assert finding.said == "cannot tell: training and validation loss were not logged"


def test_an_odd_history_cannot_be_told() -> None:
    rising = 0.4 + 0.01 * EPOCHS * (EPOCHS > 20)
    assert kinds(table(np.full(30, 0.4), rising, noise=0.001)) == ["cannot_tell"]


def test_a_run_that_hardly_ranks_new_patients_is_not_called_healthy() -> None:
    history = healthy()
    history["val_auc"] = 0.55
    history["val_loss"] = 0.69
    assert kinds(history) == ["cannot_tell"]


def test_a_sensitivity_that_rises_at_a_fixed_specificity_is_no_drift() -> None:
    """The first epochs: at 0.5 all is called, then nothing; the ranking is being learnt."""
    history = healthy().assign(
        val_sensitivity=np.where(EPOCHS < 4, 1.0, 0.1),
        val_sensitivity_at_90_specificity=np.minimum(0.6, 0.02 * EPOCHS),
    )
    assert "drifting_threshold" not in kinds(history)


def test_the_losses_alone_are_enough() -> None:
    assert kinds(healthy()[["epoch", "loss", "val_loss"]]) == ["healthy"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_validation_loss_that_jumps_is_called_unsteady_and_never_healthy(seed: int) -> None:
    """Batch normalisation without averaged weights: the first epoch far off, the rest jumping."""
    rng = np.random.default_rng(seed)
    history = healthy(seed)
    history["val_loss"] = 0.6 + rng.uniform(0, 0.8, 30)
    history.loc[0, "val_loss"] = 5.6
    found = diagnose(history, RunInfo(config={"average": 0.0}))
    assert "unsteady" in [finding.kind for finding in found]
    assert "healthy" not in [finding.kind for finding in found]
    [unsteady] = [finding for finding in found if finding.kind == "unsteady"]
    assert "averaged weights" in unsteady.try_next


def test_a_gap_that_opens_after_the_best_epoch_is_seen_at_the_end() -> None:
    """As of the seed's recipe: best in epoch 3 with no gap, then training alone gains."""
    history = healthy()
    history["val_auc"] = np.where(EPOCHS == 3, 0.871, 0.865)
    history["auc"] = np.minimum(0.89 + 0.002 * EPOCHS, 0.93)
    [finding] = diagnose(history)
    assert finding.kind == "patients_differ"
    assert "AUC 0.930 on training patients, 0.865 on validation patients (mean of the last 3" in (
        finding.said
    )


def test_a_run_that_had_a_teacher_is_not_told_to_take_one() -> None:
    history = healthy()
    history["auc"] = history["val_auc"] + 0.05
    assert "teacher" in diagnose(history)[0].try_next
    assert "teacher" not in diagnose(history, RunInfo(teacher=Teacher(sha256="0")))[0].try_next
    begun = RunInfo(pretrained=Pretrained(file="theirs.pth"))
    assert "pretrained" not in diagnose(history, begun)[0].try_next


def test_an_unsteady_run_without_a_ranking_is_told_without_one() -> None:
    history = healthy().assign(val_loss=np.random.default_rng(0).uniform(0.6, 1.4, 30))
    found = diagnose(history.assign(val_auc=np.nan))
    assert "unsteady" in [finding.kind for finding in found]
    assert "nan" not in "".join(finding.said for finding in found)
