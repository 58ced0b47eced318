"""Reader agreement: empty, with verdicts, and with names that are text."""

from idc_core.reviews import Verdict, data_key, open_reviews
from idc_core.runs.run import open_run


def read(run, file, reviewer, stage, count=12, flip=False):
    rows = run.predictions().query("split == 'test'").head(count)
    open_reviews(file).record(
        [
            Verdict(
                data=data_key(run),
                patient=row.patient,
                x=row.x,
                y=row.y,
                reviewer=reviewer,
                verdict="idc" if (row.label == 1) != (flip and nth % 4 == 0) else "no_idc",
                stage=stage,
                run=run.name,
                model="m",
                split="test",
                threshold=0.5,
                score=row.score,
                label=row.label,
            )
            for nth, row in enumerate(rows.itertuples())
        ]
    )


def test_without_verdicts_it_says_how_to_begin(full_run, app):
    page = app().open("readers")
    assert "No verdict on the test split yet" in page.text
    assert not page.failed


def test_agreement_before_and_after_the_reveal_stands_in_a_table(full_run, app, own_reviews):
    run = open_run(full_run / "models" / "small")
    read(run, own_reviews, "Ada", "blind", flip=True)
    read(run, own_reviews, "Ada", "revealed")
    read(run, own_reviews, "<b>Bo</b>", "blind")
    page = app().open("readers")
    assert "**2 readers** gave **36 verdicts**" in page.text
    table = next(each.value for each in page.at.dataframe if "kappa" in each.value)
    said = table.set_index(["between", "when"])["kappa"]
    assert said["Ada and label", "after the reveal"] == "1.00"
    assert float(said["Ada and label", "before the reveal"]) < 1
    assert any("Bo" in between and "Ada" in between for between in table["between"])
    moved = next(each.value for each in page.at.dataframe if "kept" in each.value)
    assert moved["patches"].tolist() == [12]
    assert "<b>Bo</b>" not in page.html
    assert "Only 1 patient with verdicts: below 20, every interval here is unreliable." in page.html


def test_verdicts_on_another_split_are_named(full_run, app, own_reviews):
    read(open_run(full_run / "models" / "small"), own_reviews, "Ada", "open")
    page = app(split="validation").open("readers", split="validation")
    assert "Splits with verdicts: test" in page.text


def test_a_damaged_file_is_said_in_a_sentence(full_run, app, own_reviews):
    own_reviews.parent.mkdir(parents=True)
    own_reviews.write_bytes(b"x" * 5000)
    page = app().open("readers")
    assert not page.failed
    assert "damaged" in page.text


def test_verdicts_are_counted_under_the_names_of_the_classes(tumour_run, app, own_reviews):
    read(open_run(tumour_run / "models" / "small"), own_reviews, "Ada", "open")
    frames = [each.value for each in app().open("readers").at.dataframe]
    counts = next(each for each in frames if "tumour" in each)
    assert sorted(counts.columns) == ["reader", "stroma", "tumour"]
    assert counts["stroma"].sum() + counts["tumour"].sum() == 12
