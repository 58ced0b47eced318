"""The demo's store: complete, and restored to the same bytes from what is shipped."""

import json
import shutil
import threading
from hashlib import sha256

import numpy as np
import pandas as pd
import pytest

from idc_core.data.images import pad_patch
from idc_core.data.stores.store import INDEX_COLUMNS, fingerprint_of, open_store
from idc_core.demo.build import _index_of, build_demo, ensure_demo
from idc_core.demo.draw import PLANS, Plan, draw_patient, draw_patients
from idc_core.io import record
from idc_core.io.files import read_json, write_json
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal

SHIPPED = REPOSITORY / "data" / "demo"
DIGEST_OF_PLANS = "69426b9c81170ac3b126e5dd0ab984ea8847ce32a940920ac91df0f2e87addd7"
SMALL = (
    Plan("demo-91", "train", 360, 330, 0.7, 0.4, 0.6, 0.3, 1.0, 1.0, 1.0, (0.6, 0.6)),
    Plan("demo-92", "test", 300, 300, 0.6, 0.2, 0.6, 0.3, 1.0, 1.0, 1.0),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build_demo(tmp_path_factory.mktemp("built") / "demo", plans=SMALL)


@pytest.fixture
def demo(built, tmp_path):
    """A copy, to be damaged."""
    return open_store(shutil.copytree(built.path, tmp_path / "demo"))


def test_the_store_holds_what_was_drawn(demo):
    drawn = list(draw_patients(plans=SMALL))
    expected = np.stack([pad_patch(pixels) for one in drawn for pixels in one.patches])
    np.testing.assert_array_equal(demo.patches, expected)
    assert tuple(demo.index.columns) == INDEX_COLUMNS
    assert demo.index["label"].tolist() == [label for one in drawn for label in one.label.tolist()]
    assert demo.index.groupby("patient")["split"].first().to_dict() == {
        "demo-91": "train",
        "demo-92": "test",
    }


def test_two_builds_are_the_same_and_name_no_folder_of_this_machine(demo, tmp_path):
    other = build_demo(tmp_path / "elsewhere", plans=SMALL)
    assert other.manifest == demo.manifest
    assert "/" not in json.dumps(record.fields(demo.manifest))


def test_missing_pixels_are_drawn_to_the_same_bytes(demo):
    file = demo.path / "patches.npy"
    before = file.read_bytes()
    file.unlink()
    done = []
    store = ensure_demo(demo.path, lambda *step: done.append(step), SMALL)
    assert file.read_bytes() == before
    assert store.fingerprint == demo.fingerprint
    assert done[-1] == ("drawing", 2, 2)


def test_pixels_cut_short_are_drawn_again(demo):
    file = demo.path / "patches.npy"
    before = file.read_bytes()
    file.write_bytes(before[:-7500])
    ensure_demo(demo.path, plans=SMALL)
    assert file.read_bytes() == before


def test_whole_pixels_are_left_alone(demo):
    before = (demo.path / "patches.npy").stat().st_mtime_ns
    ensure_demo(demo.path, lambda *_: pytest.fail("something was drawn"), SMALL)
    assert (demo.path / "patches.npy").stat().st_mtime_ns == before


def test_an_empty_folder_gets_the_whole_demo(demo, tmp_path):
    assert ensure_demo(tmp_path / "new", plans=SMALL).fingerprint == demo.fingerprint


def test_pixels_that_do_not_fit_the_manifest_are_refused_and_not_written(demo):
    (demo.path / "patches.npy").unlink()
    manifest = read_json(demo.path / "manifest.json")
    write_json(demo.path / "manifest.json", {**manifest, "fingerprint": "0" * 64})
    with pytest.raises(
        Refusal, match="expected the synthetic demo to have the fingerprint 000000000000"
    ):
        ensure_demo(demo.path, plans=SMALL)
    assert not list(demo.path.glob("*patches*"))


def test_two_starts_at_once_leave_one_good_file(demo):
    file = demo.path / "patches.npy"
    before = file.read_bytes()
    file.unlink()
    failed = []

    def start() -> None:
        try:
            ensure_demo(demo.path, plans=SMALL)
        except Exception as wrong:
            failed.append(wrong)

    starts = [threading.Thread(target=start) for _ in range(2)]
    for one in starts:
        one.start()
    for one in starts:
        one.join()
    assert not failed
    assert file.read_bytes() == before
    assert not list(demo.path.glob(".*"))


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    return open_store(SHIPPED).index


def test_the_shipped_index_has_the_fingerprint_of_its_manifest(shipped):
    assert fingerprint_of(shipped) == open_store(SHIPPED).fingerprint


def test_the_shipped_patients_are_whole_and_of_the_asked_size(shipped):
    sizes = shipped.groupby("patient").size()
    assert sizes.index.tolist() == [plan.patient for plan in PLANS]
    assert sizes.between(150, 400).all()
    assert open_store(SHIPPED).whole_patients == set(sizes.index)


def test_the_shipped_burden_varies_and_one_patient_has_no_idc(shipped):
    burden = shipped.groupby("patient")["label"].mean()
    assert (burden == 0).sum() == 1
    assert burden[burden > 0].between(0.02, 0.79).all()
    assert burden[burden > 0].min() < 0.1
    assert burden.max() > 0.7


def test_the_shipped_edge_patches_are_few_and_last_in_their_slide(shipped):
    edge = shipped[(shipped["width"] < 50) | (shipped["height"] < 50)]
    assert 0.003 < len(edge) / len(shipped) < 0.03
    for patient, part in edge.groupby("patient"):
        slide = shipped[shipped["patient"] == patient]
        last = (part["x"] == slide["x"].max()) | (part["y"] == slide["y"].max())
        assert last.all()


def test_no_shipped_pixels_are_twice_there(shipped):
    assert not shipped["digest"].duplicated().any()


@pytest.mark.slow
@pytest.mark.parametrize("patient", ["demo-04", "demo-11", "demo-15"])
def test_a_shipped_patient_is_what_is_drawn(shipped, patient):
    """One of each split, each drawn by itself; `make test-long` draws all."""
    (plan,) = (plan for plan in PLANS if plan.patient == patient)
    drawn = _index_of(draw_patient(plan))
    rows = shipped[shipped["patient"] == patient].reset_index(drop=True)
    pd.testing.assert_frame_equal(drawn, rows[list(drawn)], check_dtype=False)


def test_the_shipped_demo_is_of_these_plans():
    """After another number here pin the new digest, and rebuild data/demo and models/demo."""
    assert sha256(repr(PLANS).encode()).hexdigest() == DIGEST_OF_PLANS


@pytest.mark.long
@pytest.mark.slow
def test_the_shipped_demo_is_what_is_drawn(tmp_path):
    for file in SHIPPED.iterdir():
        if file.name != "patches.npy" and not file.name.startswith("."):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert ensure_demo(tmp_path).has_pixels
