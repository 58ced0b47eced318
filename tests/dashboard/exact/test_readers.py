"""Reader agreement: kappa of every pair before and after the reveal, and what changed.

Rows of patches as in `exact_world.py`; a reader's row says + for IDC, - for none, ? for unsure.

    10253   DDabc    Ada +---+    Cy blind +-+?-    Cy revealed -+-+-
    10254   DDac     Ada ++-+     Bo ++--
            DCac         ++--        ++--
            abaB         ----        ---?
    08863   Dabd     Ada +--+
            abaC         ----
"""

import pytest
from sklearn import metrics

from idc_core.reviews import Verdict, data_key, open_reviews
from idc_core.runs.run import open_run
from tests.dashboard.exact import referee
from tests.dashboard.exact.reading import frame, holding, markdown, numbers, written

SAID = {"+": "idc", "-": "no_idc", "?": "unsure"}
READ = [
    ("Ada", "blind", "10253", ["+---+"]),
    ("Ada", "blind", "10254", ["++-+", "++--", "----"]),
    ("Ada", "blind", "08863", ["+--+", "----"]),
    ("Bo", "blind", "10254", ["++--", "++--", "---?"]),
    ("Cy", "blind", "10253", ["+-+?-"]),
    ("Cy", "revealed", "10253", ["-+-+-"]),
]


def _verdicts(run):
    known = referee.rows().set_index(["patient", "x", "y"])
    for reader, stage, patient, lines in READ:
        for row, line in enumerate(lines):
            for column, sign in enumerate(line):
                place = (patient, 1001 + 50 * column, 501 + 50 * row)
                yield Verdict(
                    data=data_key(run),
                    patient=place[0],
                    x=place[1],
                    y=place[2],
                    reviewer=reader,
                    verdict=SAID[sign],
                    stage=stage,
                    run=run.name,
                    model="m",
                    split="test",
                    threshold=0.5,
                    score=float(known.loc[place, "score"]),
                    label=int(known.loc[place, "label"]),
                )


@pytest.fixture(scope="module")
def page(page_at, exact_root, tmp_path_factory):
    file = tmp_path_factory.mktemp("readers") / "reviews.sqlite"
    open_reviews(file).record(list(_verdicts(open_run(exact_root / "models" / "small"))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IDC_REVIEWS", str(file))
        yield page_at("readers", 0.5)


def test_readers_verdicts_patches_and_patients_are_counted(page):
    # 25 of Ada, 12 of Bo, 5 and 5 of Cy; 5 + 12 + 8 patches
    assert numbers(holding(markdown(page), "gave")) == ["3", "47", "25", "3"]


def test_every_pair_has_its_kappa_and_what_they_agree_on(page):
    shown = frame(page, "kappa").drop(columns="95 % interval")
    assert [tuple(row) for row in shown.itertuples(index=False)] == [
        # IDC by both 6, by one 3, by the other 3, by none 13: (0.76 - 0.5392) / 0.4608
        ("Ada and label", "before the reveal", "0.48", "19 of 25", 3, 0),
        # 9, 0, 3, 13: (0.88 - 0.5056) / 0.4944
        ("Ada and model", "before the reveal", "0.76", "22 of 25", 3, 0),
        # 4, 0, 0, 7; of B Bo is unsure
        ("Bo and label", "before the reveal", "1.00", "11 of 11", 1, 1),
        # 4, 0, 2 (both c), 5: (9/11 - 59/121) / (1 - 59/121) = 40/62
        ("Bo and model", "before the reveal", "0.65", "9 of 11", 1, 1),
        # 1, 1, 1, 1; of b Cy is unsure
        ("Cy and label", "before the reveal", "0.00", "2 of 4", 1, 1),
        # 1, 1, 2, 0: (0.25 - 0.5) / 0.5
        ("Cy and model", "before the reveal", "−0.50", "1 of 4", 1, 1),
        # 4, 1 (c), 0, 6 in 10254: (10/11 - 62/121) / (1 - 62/121) = 48/59
        ("Ada and Bo", "before the reveal", "0.81", "10 of 11", 1, 1),
        # 1, 1, 1, 1 in 10253
        ("Ada and Cy", "before the reveal", "0.00", "2 of 4", 1, 1),
        # 1, 1, 1, 2: (0.6 - 0.52) / 0.48
        ("Cy and label", "after the reveal", "0.17", "3 of 5", 1, 0),
        # 1, 1, 2, 1: (0.4 - 0.48) / 0.52
        ("Cy and model", "after the reveal", "−0.15", "2 of 5", 1, 0),
    ]


@pytest.mark.parametrize("other", ["label", "model"])
def test_kappa_has_ends_where_three_patients_were_read(page, other):
    rows = referee.rows().set_index(["patient", "x", "y"])
    said = {
        (patient, 1001 + 50 * column, 501 + 50 * row): int(sign == "+")
        for reader, _, patient, lines in READ
        if reader == "Ada"
        for row, line in enumerate(lines)
        for column, sign in enumerate(line)
    }
    read = rows.loc[list(said)].assign(ada=list(said.values())).reset_index()
    read = read.assign(model=(read["score"] >= 0.5).astype(int))
    found = referee.interval(
        lambda some: metrics.cohen_kappa_score(some["ada"], some[other]), read, (-1, 1)
    )
    shown = frame(page, "kappa").set_index(["between", "when"])["95 % interval"]
    ends = written(found, ".2f", " to ").partition(" ")[2].strip("[]")
    assert shown[f"Ada and {other}", "before the reveal"] == ends
    assert set(shown.drop([("Ada and label", "before the reveal")])) == {
        "–",
        shown["Ada and model", "before the reveal"],
    }


def test_changes_at_the_reveal_are_counted_by_where_they_lead(page):
    moved = frame(page, "kept")
    assert moved.columns.tolist() == [
        *("reader", "patches", "kept", "changed towards the model"),
        *("changed away from the model", "other changes"),
    ]
    # the second D and a towards it, the first D away, b from unsure to IDC, c as before
    assert moved.to_numpy().tolist() == [["Cy", 5, 1, 2, 1, 1]]


def test_verdicts_are_counted_by_reader(page):
    counts = frame(page, "unsure").set_index("reader")
    assert counts.loc["Ada"].to_dict() == {"IDC": 9, "no IDC": 16, "unsure": 0}
    assert counts.loc["Bo"].to_dict() == {"IDC": 4, "no IDC": 7, "unsure": 1}
    assert counts.loc["Cy"].to_dict() == {"IDC": 4, "no IDC": 5, "unsure": 1}
