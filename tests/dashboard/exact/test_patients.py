"""Patients: the worklist, a patient, a patch."""

import re

from tests.dashboard.exact.reading import captions, cards, holding, markdown, numbers, plain


def test_the_worklist_counts_missed_and_false_alarms_of_each_patient(page_at):
    page = page_at("patients", 0.5)
    rows = page.listed("worklist").set_index("patient")
    assert rows.index.tolist() == ["10253", "10254", "08863"]  # 5, 3 and 1 error
    assert rows["patches"].tolist() == ["20", "12", "8"]
    assert rows["fn"].tolist() == ["3", "1", "0"]
    assert rows["fp"].tolist() == ["2", "2", "1"]
    assert rows["open"].tolist() == ["5", "3", "1"]
    assert rows["sensitivity"].tolist() == ["0.625", "0.800", "1.000"]  # 5/8, 4/5, 2/2
    assert rows["specificity"].tolist() == ["0.833", "0.714", "0.833"]  # 10/12, 5/7, 5/6
    assert rows["auc"].tolist() == ["0.760", "0.900", "0.875"]  # 73/96, 31.5/35, 10.5/12
    assert rows["burden"].tolist() == ["40.0 %", "41.7 %", "25.0 %"]  # 8/20, 5/12, 2/8
    assert rows["predicted"].tolist() == ["35.0 %", "50.0 %", "37.5 %"]  # 7/20, 6/12, 3/8
    assert numbers(holding(markdown(page), "of 9", "errors")) == ["0", "9", "3", "3"]


def test_the_worklist_follows_the_threshold(page_at):
    rows = page_at("patients", 0.75).listed("worklist").set_index("patient")
    # above 0.75: D and d alone
    assert rows["fn"].to_dict() == {"10253": "5", "10254": "2", "08863": "1"}
    assert rows["fp"].to_dict() == {"10253": "1", "10254": "0", "08863": "1"}
    assert rows["predicted"].to_dict() == {"10253": "20.0 %", "10254": "25.0 %", "08863": "25.0 %"}


def test_a_patient_is_told_by_missed_false_alarms_and_burden(page_at):
    said = holding(markdown(page_at("patients", 0.5, patient="10253")), "Burden")
    assert numbers(said) == ["8", "3", "12", "2", "40", "35", "0", "5"]
    said = holding(markdown(page_at("patients", 0.75, patient="10254")), "Burden")
    assert numbers(said) == ["5", "2", "7", "0", "42", "25", "0", "2"]  # 5/12, 3/12


def test_a_patch_is_told_by_score_outcome_border_and_neighbours(page_at):
    # A of 10253, row 4, column 4; beside it a B on the right, a b and d above and an a on the left
    page = page_at("patients", 0.5, patient="10253", patch="x1151_y651")
    score, outcome, border = cards(page)[:3]
    assert (score[1], score[2]) == ("0.100", ["0.500"])
    assert (outcome[1], border[1]) == ("FN", "1")
    near = re.search(r'class="idc-near".*?</table>', page.html)[0]
    assert re.findall(r"0\.\d\d|·", plain(near)) == [
        *("0.10", "0.30", "0.90"),
        *("0.10", "0.10", "0.30"),
        *("·", "·", "·"),
    ]
    # 0.1, 0.3, 0.9, 0.1, 0.3
    assert numbers(holding(re.findall(r"<span>(.*?)</span>", page.html), "mean"))[-1] == "0.340"


def test_fields_are_ranked_by_how_sure_their_errors_are(page_at):
    page = page_at("patients", 0.5, patient="10253")
    # around A (4th row): A 0.4, B 0.2 and d 0.4 from the threshold; around B (3rd row) 0.2; c 0.1
    assert page.panel("slide_viewer")["strip"] == [[1151, 651], [1051, 601], [1201, 501]]
    assert numbers(holding(captions(page), "fields of 3×3"))[0] == "3"
    assert numbers(holding(markdown(page), "to review first")) == []


def test_the_slide_is_drawn_at_the_size_that_the_run_records(page_at, sized_at):
    shown = [
        at("patients", 0.5, patient="10253").panel("slide_viewer") for at in (page_at, sized_at)
    ]
    assert [each["um_per_px"] for each in shown] == [None, 5]
