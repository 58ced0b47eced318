"""Two runs are joined patch by patch; what does not match is counted and left out."""

import time
from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest

from idc_core.data.patches import parse_name
from idc_core.evaluate import compare
from idc_core.evaluate.compare import Pair, join
from idc_core.io.refusal import Refusal
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.confusion import Confusion, confusion_at
from idc_core.metrics.paired import BROKEN, CELLS, FIXED
from idc_core.metrics.uncertainty import PatientJackknife


def rate(counts: Confusion, name: str) -> float:
    return float(RATES[name](*astuple(counts)))


def predictions(patients: int = 5, each: int = 30, seed: int = 0) -> pd.DataFrame:
    """Patches of some patients with labels and scores."""
    rng = np.random.default_rng(seed)
    size = patients * each
    label = rng.integers(0, 2, size).astype(np.int8)
    return pd.DataFrame(
        {
            "patient": np.repeat([f"0{8000 + number}" for number in range(patients)], each),
            "x": np.tile(1 + 50 * np.arange(each, dtype=np.int32), patients),
            "y": np.int32(51),
            "label": label,
            "split": "test",
            "score": np.clip(rng.normal(0.35 + 0.3 * label, 0.2), 0, 1).astype(np.float32),
        }
    )


def rescored(rows: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    moved = np.clip(rows["score"] + rng.normal(0, 0.15, len(rows)), 0, 1)
    return rows.assign(score=moved.astype(np.float32))


@pytest.fixture(scope="module")
def pair() -> Pair:
    rows = predictions()
    return join(rows, rescored(rows))


def test_the_same_patches_are_side_by_side_whatever_their_order() -> None:
    a = predictions()
    b = rescored(a)
    shuffled = [rows.sample(frac=1, random_state=seed) for seed, rows in enumerate((a, b))]
    found = join(*shuffled)
    pd.testing.assert_frame_equal(found.rows, join(a, b).rows)
    np.testing.assert_array_equal(found.a.scores, a["score"].astype(float))
    np.testing.assert_array_equal(found.b.scores, b["score"].astype(float))
    assert (found.only_a, found.only_b, len(found.disagreeing)) == (0, 0, 0)


def test_patients_as_words_or_categories_are_the_same() -> None:
    a = predictions()
    b = rescored(a)
    categories = b.assign(
        patient=pd.Categorical(b["patient"], categories=["x", *set(b["patient"])])
    )
    pd.testing.assert_frame_equal(join(a, categories).rows, join(a, b).rows)
    pd.testing.assert_frame_equal(join(categories, a).rows["x"].to_frame(), a[["x"]])


def test_patches_of_one_run_alone_are_counted_and_left_out() -> None:
    rows = predictions()
    found = join(rows.iloc[10:], rescored(rows).iloc[:-7])
    assert (len(found), found.only_a, found.only_b) == (len(rows) - 17, 7, 10)
    assert found.rows["x"].iloc[0] == rows["x"].iloc[10]


def test_patches_whose_labels_differ_are_named_and_left_out() -> None:
    a = predictions()
    b = rescored(a)
    b.loc[[3, 40], "label"] = 1 - b.loc[[3, 40], "label"]
    found = join(a, b)
    assert len(found) == len(a) - 2
    named = found.disagreeing
    assert list(named.columns) == ["patient", "x", "y", "label_a", "label_b"]
    assert named["x"].tolist() == a.loc[[3, 40], "x"].tolist()
    assert (named["label_a"] != named["label_b"]).all()


@pytest.mark.parametrize("axis", ["patient", "x", "y"])
def test_another_patient_or_place_is_another_patch(axis: str) -> None:
    a = predictions()
    b = a.assign(**{axis: "1" + a[axis] if axis == "patient" else a[axis] + 7})
    with pytest.raises(
        Refusal, match=r"A holds 150 in this split and B 150, and no patch has the same"
    ):
        join(a, b)


def test_labels_turned_around_are_recognised() -> None:
    a = predictions()
    with pytest.raises(Refusal, match="differ at all 150 common patches"):
        join(a, a.assign(label=1 - a["label"]), names=("one", "two"))


def test_a_patch_scored_twice_is_refused() -> None:
    a = predictions()
    with pytest.raises(Refusal, match=r"in other: found 1 patch more than once.* rows 4 and 150"):
        join(a, pd.concat([a, a.iloc[[4]]], ignore_index=True), names=("this", "other"))


def two_slides() -> pd.DataFrame:
    """Two slides of a patient, each with a patch at the same place."""
    return pd.DataFrame(
        {
            "patient": pd.Categorical(["p1", "p1", "p2"]),
            "slide": ["s1", "s2", "s3"],
            "x": [0, 0, 50],
            "y": 0,
            "label": [0, 1, 1],
            "score": np.float32([0.25, 0.5, 0.75]),
        }
    )


def test_slides_that_one_run_alone_names_are_asked_for_and_no_duplicates() -> None:
    slides = two_slides()
    bare = slides.drop(columns="slide").iloc[1:]
    for first, second, names in ((slides, bare, ("A", "B")), (bare, slides, ("B", "A"))):
        with pytest.raises(
            Refusal, match=r"^expected slides in B, as A names them: at 1 place two"
        ):
            join(first, second, names=names)
    assert len(join(slides, slides)) == 3


def test_runs_of_other_patients_have_nothing_in_common_whatever_slides_they_name() -> None:
    other = two_slides().drop(columns="slide").assign(patient=pd.Categorical(["q1", "q2", "q3"]))
    with pytest.raises(Refusal, match="no patch has the same patient and coordinates in both"):
        join(two_slides(), other)


def test_slides_that_need_not_be_told_apart_are_no_hindrance() -> None:
    slides = two_slides().iloc[1:]
    assert len(join(slides, slides.drop(columns="slide"))) == 2


def test_a_patch_without_a_patient_is_refused() -> None:
    a = predictions()
    a.loc[8, "patient"] = None
    with pytest.raises(Refusal, match="row 8 names none"):
        join(predictions(), a)


def test_a_score_that_is_none_is_refused() -> None:
    a = predictions()
    a.loc[8, "score"] = 7.0
    with pytest.raises(Refusal, match=r"predictions of A cannot be compared: .*\[0, 1\]"):
        join(a, predictions())


def test_places_too_far_apart_are_refused() -> None:
    a = predictions().astype({"x": np.int64, "y": np.int64})
    a.loc[0, ["x", "y"]] = 2**40
    with pytest.raises(Refusal, match="too far apart"):
        join(a, a)


def test_rates_of_both_are_direct_counts(pair: Pair) -> None:
    cells, rates = compare.at_thresholds(pair, PatientJackknife(5, resamples=50), 0.5, 0.45)
    of_a = confusion_at(pair.a.labels, pair.a.scores, 0.5)
    of_b = confusion_at(pair.b.labels, pair.b.scores, 0.45)
    assert list(rates) == list(RATES)
    for name, found in rates.items():
        assert (found.a.value, found.b.value) == (rate(of_a, name), rate(of_b, name))
        assert found.difference.value == pytest.approx(rate(of_b, name) - rate(of_a, name))
    assert cells.shape == (5, 8)
    assert cells.sum() == len(pair)


def test_what_is_fixed_and_broken_by_patient_adds_up(pair: Pair) -> None:
    cells = pair.cells(0.5, 0.45)
    table = compare.patient_table(pair, cells)
    assert (table["wrong_b"] - table["wrong_a"] == table["net"]).all()
    assert table["net"].is_monotonic_decreasing
    for name in (*FIXED, *BROKEN):
        assert table[name].sum() == cells[:, CELLS.index(name)].sum()
    wrong = pair.rows["label"].to_numpy() != (pair.a.scores >= 0.5)
    direct = pd.Series(wrong).groupby(pair.rows["patient"].astype(str)).sum()
    assert table.set_index("patient")["wrong_a"].to_dict() == direct.to_dict()


@pytest.mark.parametrize("name", CELLS)
def test_patches_of_a_cell_are_exactly_those(pair: Pair, name: str) -> None:
    number = CELLS.index(name)
    label, a, b = number // 4, bool(number // 2 % 2), bool(number % 2)
    rows = pair.rows
    is_in = (
        (rows["label"] == label) & ((pair.a.scores >= 0.5) == a) & ((pair.b.scores >= 0.45) == b)
    )
    found = compare.patches_of(pair, 0.5, 0.45, name, most=1000)
    assert sorted(found.index) == sorted(rows.index[is_in])
    assert found["change"].abs().is_monotonic_decreasing
    assert len(compare.patches_of(pair, 0.5, 0.45, name, most=2)) == min(2, int(is_in.sum()))


def test_a_run_compared_with_itself_differs_nowhere() -> None:
    rows = predictions()
    pair, jackknife = join(rows, rows), PatientJackknife(5, resamples=50)
    cells, rates = compare.at_thresholds(pair, jackknife, 0.5, 0.5)
    assert all(found.difference.value == 0 for found in rates.values())
    of_scores = compare.of_scores(pair, jackknife)
    assert all(each.difference.value == 0 for each in of_scores.values())
    judged = compare.together(rates | of_scores)
    assert all(np.isnan(each.low) for each in judged.values())  # nothing to judge
    assert compare.patients_with(cells, FIXED) == compare.patients_with(cells, BROKEN) == 0


def test_figures_of_scores_do_not_depend_on_the_order_of_rows(pair: Pair) -> None:
    a = predictions()
    again = join(a.sample(frac=1, random_state=3), rescored(a).iloc[::-1])
    jackknife = PatientJackknife(5, resamples=50)
    assert compare.of_scores(pair, jackknife) == compare.of_scores(again, jackknife)


def test_patients_with_counts_each_once(pair: Pair) -> None:
    cells = np.zeros((3, 8), dtype=np.int64)
    cells[0, CELLS.index("fixed_idc")] = 2
    cells[0, CELLS.index("fixed_no_idc")] = 5
    cells[2, CELLS.index("fixed_no_idc")] = 1
    assert compare.patients_with(cells, FIXED) == 2


def test_patients_a_run_was_trained_on_are_found() -> None:
    rows = predictions()
    rows.loc[rows["patient"] == "08001", "split"] = "train"
    rows.loc[0, "split"] = "train"  # one patch of a patient who is judged, too
    found = compare.patients_by_split(rows.astype({"patient": "category", "split": "category"}))
    assert found["train"] == {"08000", "08001"}
    assert compare.trained_on(found, np.array(["08000", "08002"], dtype=object)) == ["08000"]
    assert compare.trained_on({}, np.array(["08000"], dtype=object)) == []


def ensemble(root, name: str) -> pd.DataFrame:
    rows = pd.read_csv(root / "predictions" / "patientwise_femiogundare" / f"{name}.csv")
    parsed = [parse_name(file) for file in rows["name"]]
    return pd.DataFrame(
        {
            "patient": [each.patient for each in parsed],
            "x": [each.x for each in parsed],
            "y": [each.y for each in parsed],
            "label": rows["label"],
            "score": rows["prediction"],
        }
    )


def test_published_models_are_compared_on_their_own_patches(real_root) -> None:
    one, all_of_them = (
        ensemble(real_root, f"{name}_predictions") for name in ("ResNet50", "ensemble_avg")
    )
    pair = join(one, all_of_them)
    assert (len(pair), len(pair.patients), pair.only_a + pair.only_b) == (3000, 28, 0)
    found = compare.of_scores(pair, PatientJackknife(28))["roc_auc"]
    assert found.b.value == pytest.approx(0.940, abs=5e-4)
    assert found.difference.low > 0, "an average of five ranks better than one of them"


def test_a_quarter_of_a_million_patches_follow_a_threshold_at_once() -> None:
    a = predictions(patients=279, each=995)
    pair, jackknife = join(a, rescored(a)), PatientJackknife(279)
    pair.cells(0.5, 0.5)
    start = time.perf_counter()
    compare.at_thresholds(pair, jackknife, 0.4, 0.6)
    assert time.perf_counter() - start < 0.5
