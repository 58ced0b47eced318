"""What is measured of pixels: against a direct count, pure stains, and invariances."""

import numpy as np
import pytest

from idc_core.data.images import pad_patch
from idc_core.data.stores.store import open_store
from idc_core.evaluate.slices import pixels
from idc_core.evaluate.slices.pixels import MEASURES, STAINS, measured


def of(patches, area=2500):
    found = measured(np.asarray(patches, np.uint8), np.full(len(patches), area))
    return dict(zip(MEASURES, found.T, strict=True))


def flat(*colours):
    return [np.full((50, 50, 3), colour) for colour in colours]


def random_patches(count=12, low=0):
    return np.random.default_rng(2).integers(low, 256, (count, 50, 50, 3)).astype(np.uint8)


def test_figures_are_those_of_a_direct_count():
    patches = random_patches(low=120)
    found = of(patches)
    most, least = patches.max(axis=3).astype(float), patches.min(axis=3)
    expected = {
        "brightness": patches.mean(axis=(1, 2, 3)),
        "saturation": ((most - least) / np.maximum(most, 1)).mean(axis=(1, 2)),
        "white": (least >= pixels.WHITE).mean(axis=(1, 2)),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5)


def test_amounts_of_stain_are_those_of_the_pixels_unmixed_one_by_one():
    patches = random_patches()
    density = -np.log10(np.maximum(patches, 1) / 255).reshape(-1, 3)
    vectors = np.vstack([STAINS, np.cross(*STAINS)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    amounts = np.linalg.solve(vectors.T, density.T).T.reshape(12, 2500, 3).mean(axis=1)
    found = of(patches)
    np.testing.assert_allclose(found["haematoxylin"], amounts[:, 0], atol=1e-4)
    np.testing.assert_allclose(found["eosin"], amounts[:, 1], atol=1e-4)


@pytest.mark.parametrize(("stain", "other"), [(0, 1), (1, 0)])
def test_a_pure_stain_is_found_in_its_amount_and_the_other_is_not(stain, other):
    unit = STAINS[stain] / np.linalg.norm(STAINS[stain])
    found = of(flat(*(255 * 10 ** (-unit * amount) for amount in (0.2, 0.6))))
    names = ("haematoxylin", "eosin")
    np.testing.assert_allclose(found[names[stain]], [0.2, 0.6], atol=0.01)
    np.testing.assert_allclose(found[names[other]], 0, atol=0.01)


def test_white_paper_is_bright_white_and_without_colour_or_stain():
    found = of(flat((255, 255, 255)))
    assert {name: round(float(value[0]), 9) for name, value in found.items()} == {
        "brightness": 255,
        "saturation": 0,
        "white": 1,
        "haematoxylin": 0,
        "eosin": 0,
    }


def test_black_is_finite():
    found = of(flat((0, 0, 0)))
    assert all(np.isfinite(value).all() for value in found.values())
    assert found["brightness"][0] == 0
    assert found["white"][0] == 0


def test_padding_changes_nothing():
    cut = random_patches(1)[0][:7, :31]
    bare = measured(cut[None], [7 * 31])
    padded = measured(pad_patch(cut)[None], [7 * 31])
    np.testing.assert_allclose(padded, bare, rtol=1e-5, atol=1e-7)


def test_where_the_pixels_lie_in_the_patch_does_not_matter():
    patches = random_patches(3)
    np.testing.assert_allclose(of(patches)["eosin"], of(patches[:, ::-1])["eosin"], rtol=1e-5)


def test_darker_is_less_bright_and_more_stained():
    found = of(flat((220, 180, 210), (180, 120, 170), (120, 60, 110)))
    assert (np.diff(found["brightness"]) < 0).all()
    assert (np.diff(found["haematoxylin"]) > 0).all()


@pytest.fixture
def store(world):
    return open_store(world / "data" / "tiny")


def test_a_store_is_measured_in_its_own_order_in_any_chunks(store, monkeypatch):
    said = []
    monkeypatch.setattr(pixels, "CHUNK", 50)
    table = pixels.measure(store, lambda done, total: said.append((done, total)))
    assert said == [(50, 198), (100, 198), (150, 198), (198, 198)]
    assert table["patient"].tolist() == store.index["patient"].tolist()
    at = 120
    direct = store.patches[at].astype(float).mean()
    assert table["brightness"].iloc[at] == pytest.approx(direct, rel=1e-5)


def test_what_progress_raises_ends_the_measuring(store):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pixels.measure(store, stop)


def test_a_table_is_kept_for_its_data_only(store, tmp_path):
    table = pixels.measure(store)
    pixels.save(tmp_path, store.fingerprint, table)
    again = pixels.saved(tmp_path, store.fingerprint)
    assert again["eosin"].tolist() == table["eosin"].tolist()
    assert pixels.saved(tmp_path, "another") is None
    assert pixels.place(tmp_path, "another") is None


def test_a_damaged_table_is_as_good_as_none(store, tmp_path):
    pixels.save(tmp_path, "f", pixels.measure(store))
    file = pixels.place(tmp_path, "f")
    file.write_bytes(file.read_bytes()[:200])
    assert pixels.saved(tmp_path, "f") is None
    file.unlink()
    pixels.save(tmp_path, "f", store.index[["patient"]])
    assert pixels.saved(tmp_path, "f") is None


@pytest.mark.slow
def test_real_patches_agree_with_figures_others_measured(real_root):
    import cv2
    import pandas as pd

    index = pd.read_csv(real_root / "idc_index.csv").query("width == 50 and height == 50").head(60)
    patches = np.stack(
        [
            cv2.imread(str(real_root / "idc" / str(row.patient) / str(row.label) / row.filename))[
                ..., ::-1
            ]
            for row in index.itertuples()
        ]
    )
    np.testing.assert_allclose(of(patches)["brightness"], index["mean_rgb"], atol=0.06)
