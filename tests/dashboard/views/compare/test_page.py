"""The Compare page, driven with two runs."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from idc_core.io.files import append_json_line, read_json, write_json
from idc_core.runs.run import open_run

CHOICES = ("own", "sensitivity", "bar")


def rescore(run, change, **point):
    """Give a run other predictions, and an operating point that is its own."""
    rows = pd.read_parquet(run / "predictions.parquet")
    rows = change(rows)
    rows.to_parquet(run / "predictions.parquet", index=False)
    if point:
        append_json_line(run / "operating_points.jsonl", point)


@pytest.fixture
def two_runs(own_world):
    """Runs "small" and "second" on the same patches; the second's scores are moved at random."""
    models = own_world / "models"
    shutil.copytree(models / "small", models / "second")

    def moved(rows):
        rng = np.random.default_rng(8)
        score = np.clip(rows["score"] + rng.normal(0, 0.25, len(rows)), 0, 1)
        return rows.assign(score=score.astype(np.float32))

    rescore(models / "second", moved, name="mine", rule="given", threshold=0.55)
    return models


def opened(app, **query):
    return app(run="small", **query).open("compare", **query)


def numbers(page):
    return re.findall(r'class="value">([^ <]+)', page.html)


def of_both(page):
    """A's and B's value under each number."""
    found = re.findall(r"points · A ([\d.]+|–) · B ([\d.]+|–)", page.html)
    return [tuple(float(value) for value in each) for each in found]


def cells(page):
    said = re.search(r'role="status">([^<]+)', page.html)[1]
    return [int(number.replace(",", "")) for number in re.findall(r": ([\d,]+)", said)]


def test_figures_are_those_of_both_runs_at_their_own_points(two_runs, app):
    page = opened(app)
    for at, (name, split) in enumerate((("small", "test"), ("second", "test"))):
        run = open_run(two_runs / name)
        rows = run.predictions()
        rows = rows[rows["split"] == split]
        called = rows["score"] >= run.operating_point().threshold
        found = float(called[rows["label"] == 1].mean())
        left = float((~called[rows["label"] == 0]).mean())
        assert of_both(page)[0][at] == pytest.approx(found, abs=0.005)
        assert of_both(page)[1][at] == pytest.approx(left, abs=0.005)


def test_the_answer_names_both_runs_what_is_fixed_and_what_is_broken(two_runs, app):
    page = opened(app)
    assert not page.failed
    assert "**A (small)**" in page.text
    assert "**B (second)**" in page.text
    assert re.search(r"It fixes \d+ patch\w* in \d patients? and breaks \d+ patch", page.text)
    assert "78 patches of 3 patients scored by both" in page.text.replace("\\", "")
    assert sum(cells(page)) == 78


def test_swapping_the_runs_mirrors_the_answer(two_runs, app):
    one, other = opened(app), app(run="second").open("compare", run="second", other="small")
    assert [pair[::-1] for pair in of_both(one)] == of_both(other)
    turned = str.maketrans("+−", "−+")
    assert [value.translate(turned) for value in numbers(one)] == numbers(other)


def test_the_other_run_stands_in_the_address_and_follows_its_control(two_runs, app):
    shutil.copytree(two_runs / "second", two_runs / "third")
    rescore(two_runs / "third", lambda rows: rows.assign(score=np.float32(0.6)))
    page = opened(app)
    before = numbers(page), page.query["other"]
    page.at.selectbox(key="compare_other").select("third").run()
    assert page.query["other"] == "third"
    assert numbers(page) != before[0]
    assert "**B (third)**" in page.text
    assert "**B (third)**" in opened(app, other="third").text


def test_the_choice_survives_a_change_of_page(two_runs, app):
    shutil.copytree(two_runs / "second", two_runs / "third")
    page = opened(app)
    page.at.selectbox(key="compare_other").select("third").run()
    page.at.segmented_control(key="compare_how").set_value("bar").run()
    page.open("operating-point/threshold")
    for name in ("other", "how"):  # Streamlit drops what the address said
        page.at.query_params.pop(name, None)
    page.open("compare")
    assert (page.query["other"], page.query["how"]) == ("third", "bar")


@pytest.mark.parametrize("how", CHOICES[1:])
def test_where_the_models_are_compared_follows_its_control(two_runs, app, how):
    page = opened(app, threshold="0.7")
    before = cells(page)
    page.at.segmented_control(key="compare_how").set_value(how).run()
    assert cells(page) != before
    assert page.query["how"] == how


def test_one_sensitivity_is_chosen_on_validation_for_each(two_runs, app):
    page = opened(app, how="sensitivity", at="0.8")
    said = [
        float(value) for value in re.findall(r"[AB] at (\d\.\d{3})", page.text.replace("\\", ""))
    ]
    for name, threshold in zip(("small", "second"), said, strict=True):
        rows = open_run(two_runs / name).predictions()
        found = rows.loc[(rows["split"] == "validation") & (rows["label"] == 1), "score"]
        assert (found >= threshold - 5e-4).mean() >= 0.8
        assert (found >= threshold + 0.05).mean() < 0.9
    before = cells(page)
    page.at.slider(key="compare_sensitivity").set_value(0.97).run()
    assert page.query["at"] == "0.97"
    assert cells(page) != before


def test_the_slider_of_the_sensitivity_is_there_where_it_counts(two_runs, app):
    page = opened(app, how="own")
    assert not [slider for slider in page.at.slider if slider.key == "compare_sensitivity"]


def test_without_validation_a_common_sensitivity_warns_that_it_looks_at_test(two_runs, app):
    def only_test(rows):
        return rows[rows["split"] == "test"]

    rescore(two_runs / "second", only_test)
    page = opened(app, how="sensitivity")
    assert not page.failed
    assert "second has no validation split" in page.text.replace("\\", "")
    assert "are optimistic, for exploration only" in page.text
    assert min(of_both(page)[0]) >= 0.9


def test_the_threshold_of_the_bar_moves_both(two_runs, app):
    page = opened(app, how="bar", threshold="0.3")
    low = of_both(page)[0]
    page.move_threshold(0.8)
    high = of_both(page)[0]
    assert high[0] < low[0]
    assert high[1] < low[1]


def test_a_run_without_operating_point_is_cut_at_a_half_and_says_so(two_runs, app):
    (two_runs / "second" / "operating_points.jsonl").unlink()
    said = opened(app).text.replace("\\", "")
    assert "second has no operating point, so 0.50 is used" in said
    assert "python train_cli.py evaluate --run second" in said


def test_a_copy_of_the_run_differs_nowhere(two_runs, app):
    shutil.copytree(two_runs / "small", two_runs / "copy")
    page = opened(app, other="copy")
    assert "the same prediction" in page.text
    assert set(numbers(page)) == {"0.0"}
    assert not page.failed


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("both_found", 0),
        ("fixed_idc", 1),
        ("broken_idc", 2),
        ("both_missed", 3),
        ("both_left_alone", 4),
        ("fixed_no_idc", 5),
        ("broken_no_idc", 6),
        ("both_false_alarm", 7),
    ],
)
def test_a_cell_shows_as_many_patches_as_it_counts(two_runs, app, key, place):
    page = opened(app, pair="none")
    assert "Click a cell of the matrix" in page.text
    page.at.button(key=f"pair_{key}").click().run()
    assert page.query["pair"] == key
    count = cells(page)[place]
    assert any(f": {count} patch" in head.value for head in page.at.header)
    page.at.button(key=f"pair_{key}").click().run()
    assert page.query["pair"] == "none"


def test_what_b_breaks_is_shown_at_once(two_runs, app):
    page = opened(app)
    assert any("found by A only" in head.value for head in page.at.header)


def test_a_patch_of_the_gallery_opens_its_patient(two_runs, app):
    page = opened(app, pair="both_found")
    picker = page.at.selectbox(key="pair_gallery_both_found_pick")
    name = picker.options[0]
    picker.set_value(name).run()
    patient, _, patch = name.rpartition(" ")
    assert page.title == "Patients"
    assert (page.query["patient"], page.query["patch"]) == (patient, patch)


def test_the_table_of_patients_adds_up_to_the_matrix(two_runs, app):
    page = opened(app)
    table = page.listed("compare_patients").set_index("patient").replace("−", "-", regex=True)
    table = table.astype(int)
    both, fixed, broken = cells(page), table["fixed_idc"].sum(), table["broken_no_idc"].sum()
    assert (fixed, broken) == (both[1], both[6])
    assert (table["wrong_b"] - table["wrong_a"] == table["net"]).all()
    assert len(table) == 3


def test_a_patient_held_only_by_one_is_left_out_and_counted(two_runs, app):
    def fewer(rows):
        return rows[rows["patient"] != "10253"]

    rescore(two_runs / "second", fewer)
    said = opened(app).text.replace("\\", "")
    assert "48 patches of 2 patients scored by both; small alone has 30" in said


def test_labels_that_disagree_are_counted_and_named(two_runs, app):
    def turned(rows):
        at = rows.index[rows["split"] == "test"][:3]
        rows.loc[at, "label"] = 1 - rows.loc[at, "label"]
        return rows

    rescore(two_runs / "second", turned)
    page = opened(app)
    said = page.text.replace("\\", "")
    assert "disagree on the label of 3 patches (the first: patient" in said
    assert sum(cells(page)) == 75


def test_no_common_patch_is_a_sentence(two_runs, app):
    rescore(two_runs / "second", lambda rows: rows.assign(x=rows["x"] + 7))
    page = opened(app)
    assert not page.failed
    assert "no patch has the same patient and coordinates in both" in page.text.replace("\\", "")


def test_a_leak_into_the_training_of_one_is_a_warning(two_runs, app):
    def leaky(rows):
        at = rows.index[rows["patient"] == "10254"][:5]
        rows.loc[at, "split"] = "train"
        return rows

    rescore(two_runs / "second", leaky)
    said = opened(app).text.replace("\\", "")
    assert "second was trained on other patches of 1 of these 3 patients" in said


def test_patients_the_other_was_trained_on_are_not_compared(two_runs, app):
    def otherwise(rows):
        rows.loc[rows["patient"] == "10254", "split"] = "train"
        return rows

    rescore(two_runs / "second", otherwise)
    said = opened(app).text.replace("\\", "")
    assert "1 patients of small's test split were used to train second" in said


def test_other_data_is_pointed_out(two_runs, app):
    info = read_json(two_runs / "second" / "run.json")
    data = info["data"] | {"name": "other", "fingerprint": "abcdef0123"}
    write_json(two_runs / "second" / "run.json", info | {"data": data})
    said = opened(app).text.replace("\\", "")
    assert "The runs name different data" in said
    assert "other (abcdef01)" in said


def test_three_patients_are_few(two_runs, app):
    assert "Only 3 patients" in opened(app).text


@pytest.mark.parametrize("split", ["train", "validation"])
def test_splits_that_flatter_are_called_so(two_runs, app, split):
    said = opened(app, split=split).text
    assert ("memorised them" if split == "train" else "chosen on this validation split") in said


def test_one_run_alone_names_the_command(full_run, app):
    page = app().open("compare")
    assert "only run with predictions" in page.text.replace("\\", "")
    assert "python train_cli.py import-predictions FILE --run NAME" in page.text


def test_an_unknown_other_run_is_said(two_runs, app):
    page = opened(app, other="nobody")
    assert "There is no other run called nobody" in page.text.replace("\\", "")
    assert page.query["other"] == "second"


@pytest.mark.parametrize("query", [{"how": "no"}, {"at": "7"}, {"at": "x"}, {"pair": "<b>"}])
def test_nonsense_in_the_address_is_the_default(two_runs, app, query):
    page = opened(app, **({"how": "sensitivity"} | query))
    assert not page.failed
    assert page.query["how"] in CHOICES


def test_one_class_leaves_dashes_and_says_so(two_runs, app):
    for name in ("small", "second"):
        rescore(two_runs / name, lambda rows: rows.assign(label=0))
    for how in CHOICES:
        page = opened(app, how=how)
        assert not page.failed
        assert "no defined" in page.text
        assert numbers(page)[0] == "–"


def test_imported_runs_without_pixels_are_compared(two_runs, app):
    shutil.rmtree(two_runs.parent / "data" / "tiny")
    for name in ("small", "second"):
        write_json(two_runs / name / "run.json", {"status": "imported"})
    page = opened(app, pair="both_found")
    assert not page.failed
    assert "squares show scores" in page.text


def test_the_page_holds_its_four_figures_each_with_a_description(two_runs, app):
    page = opened(app, pair="both_found")
    charts = page.at.get("vega_lite_chart")
    assert len(charts) == 4  # matrix, differences, gallery, ROC
    assert all(chart.proto.alt for chart in charts)
    assert all(json.loads(chart.proto.spec) for chart in charts)


def test_both_curves_and_points_follow_the_choice(two_runs, app):
    page = opened(app, how="bar", threshold="0.3")
    before = roc(page)
    page.move_threshold(0.8)
    assert roc(page) != before


def roc(page):
    found = next(
        c.proto for c in page.at.get("vega_lite_chart") if "both models, with" in c.proto.alt
    )
    return [table.data.data for table in found.datasets]


def test_a_run_changed_in_the_bar_is_not_compared_with_itself(two_runs, app):
    page = opened(app)
    page.at.selectbox(key="bar_run").select("second").run()
    assert not page.failed
    assert page.query["other"] == "small"
    assert "**A (second)**" in page.text


def test_intervals_of_differences_are_shown_and_undefined_ones_are_dashes(two_runs, app):
    page = opened(app)
    said = re.findall(r"<small>(\[[^<]+\])</small>", page.html)
    assert len(said) == 4
    assert all(re.fullmatch(r"\[[+−]?[\d.]+ to [+−]?[\d.]+\]", each) for each in said)


@pytest.mark.parametrize("how", CHOICES)
def test_the_cells_follow_the_threshold_where_it_is_that_of_both_runs(two_runs, app, how):
    page = opened(app, how=how, threshold="0.4", other="second")
    assert ("data-live-table=" in page.html) == (how == "bar")
    assert page.live["cells.read"].startswith("IDC, found by both: ")
