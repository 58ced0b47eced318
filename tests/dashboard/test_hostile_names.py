"""A patient's name is text: shown as it is, never interpreted, never a path."""

import pytest

from idc_core.io.files import read_parquet, write_parquet
from idc_core.reviews import data_key, open_reviews
from idc_core.runs.run import open_run

NAMES = [
    "<img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "![a](http://evil.example/a.png)",
    "Ω患者\u202eabc",
    "x" * 200,
    "$\\frac{1}{2}$ `code` :red[a]",
]


@pytest.fixture(scope="module", params=NAMES)
def world_of_a_name(request, copied, tmp_path_factory):
    """The run with one patient called so; its store does not know the name."""
    root = copied(tmp_path_factory.mktemp("named"))
    file = root / "models" / "small" / "predictions.parquet"
    table = read_parquet(file)
    table["patient"] = (
        table["patient"].astype(object).where(table["patient"] != "10253", request.param)
    )
    write_parquet(file, table)
    return root, request.param


@pytest.fixture
def named(world_of_a_name, settle):
    root, name = world_of_a_name
    settle(root)
    return name


@pytest.mark.parametrize(
    "view",
    [
        "patients",
        "labels",
        "failures/burden",
        "failures/areas",
        "failures/subgroups",
        "operating-point/threshold",
    ],
)
def test_a_page_shows_it_as_text(named, app, view):
    page = app(patient=named, threshold="0.5").open(view, patient=named)
    assert not page.failed
    assert "<img src=x" not in page.html
    for block in page.at.markdown:
        assert "![a](http" not in block.value
    if view == "patients":
        assert page.at.selectbox(key="bar_patient").value == named
        heading = next(head.value for head in page.at.header if "Patient" in head.value)
        assert (
            heading.replace("\\", "")
            .replace("\N{WORD JOINER}", "")
            .endswith(named.replace("\\", ""))
        )


def test_a_verdict_on_such_a_patient_comes_back_under_its_name(
    world_of_a_name, named, app, own_reviews
):
    page = app(patient=named, threshold="0.5").open("patients", patient=named)
    page.read_as("Ada").act(verdict="unsure")
    run = open_run(world_of_a_name[0] / "models" / "small")
    stored = open_reviews(own_reviews).standing(data_key(run))
    assert stored["patient"].tolist() == [named]


def test_no_file_is_called_so(named, app):
    page = app(patient=named, threshold="0.5").open("patients", patient=named)
    page.at.run()
    for button in page.at.get("download_button"):
        assert "etc" not in str(button.proto)
        assert "onerror" not in str(button.proto)
