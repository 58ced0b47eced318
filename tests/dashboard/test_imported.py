"""Other people's predictions open on every page that needs neither pixels nor a network."""

import shutil

import numpy as np
import pandas as pd
import pytest

from dashboard import pages
from idc_core.data.patches import PatchName
from idc_core.importing.run import import_predictions
from idc_core.io.paths import real_data

VIEWS = [view.key for view in pages.VIEWS]
SOURCES = {
    "photonvish": "patientwise_photonvish/image_level_probs.csv",
    "femiogundare": "patientwise_femiogundare/ensemble_avg_predictions.csv",
    "kushaldeb": "randomsplit_kushaldeb/validation-results-densenet.csv",
    "aryashinde": "cancernet_aryashinde/predictions.csv",
}


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """All four sources, imported once."""
    theirs = real_data() / "predictions"
    if not theirs.is_dir():
        pytest.skip(f"real predictions are not in {theirs}")
    root = tmp_path_factory.mktemp("imported")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IDC_DATA", str(root / "data"))
        for name, file in SOURCES.items():
            import_predictions(theirs / file, root / "models" / name)
    return root


PAIRS = [
    pytest.param(view, name, marks=[pytest.mark.long] * ((page + source) % 2))
    for page, view in enumerate(VIEWS)
    for source, name in enumerate(SOURCES)
]
"""Each page opens on two of the sources; `make test-long` opens it on the two others."""


@pytest.mark.slow
@pytest.mark.parametrize(("view", "name"), PAIRS)
def test_a_real_import_opens(imported, settle, app, view, name):
    settle(imported)
    page = app(run=name).open(view)
    assert not page.failed
    assert page.query["run"] == name
    assert ("balanced random patch split" in page.html) == (name == "kushaldeb")


@pytest.mark.slow
def test_photonvish_shows_its_area_and_its_patches(imported, settle, app):
    settle(imported)
    page = app(run="photonvish").open("operating-point/threshold")
    assert "AUC 0.946" in page.html
    assert "33,378 patches of 28 patients" in page.html


@pytest.fixture(scope="module")
def one_class(tmp_path_factory):
    """Three patients without any IDC, all of one score."""
    root = tmp_path_factory.mktemp("one")
    names = [str(PatchName(f"P{at % 3}", 1 + 50 * at, 1, 0)) for at in range(30)]
    file = root / "t.csv"
    pd.DataFrame({"file": names, "score": np.full(30, 0.25)}).to_csv(file, index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IDC_DATA", str(root / "data"))
        import_predictions(file, root / "models" / "one")
    return root


@pytest.mark.parametrize("view", VIEWS)
def test_a_single_class_of_constant_scores_opens(one_class, settle, app, view):
    settle(one_class)
    page = app(run="one").open(view)
    assert not page.failed
    assert "All patches are labelled no IDC" in page.html


def test_beside_another_run_an_import_can_be_compared(own_world, app, tmp_path):
    known = pd.read_parquet(own_world / "models" / "small" / "predictions.parquet")
    file = tmp_path / "t.csv"
    known[known["split"] == "test"].assign(score=lambda rows: rows["score"] ** 2)[
        ["file", "score"]
    ].to_csv(file, index=False)
    import_predictions(file, own_world / "models" / "theirs")
    page = app(run="small").open("compare", other="theirs")
    assert not page.failed
    shutil.rmtree(own_world / "models" / "theirs")
