"""What is unlike the training patches is said with its figure; what is like them passes."""

import cv2
import numpy as np
import pytest

from idc_core.data.stores.store import open_store
from idc_core.io.files import write_parquet
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster
from idc_core.runs.run import open_run
from idc_core.score import training_range
from idc_core.score.training_range import FIGURES, Profile, look, profile_of, save, saved


@pytest.fixture(scope="module")
def profile():
    """Of 300 pictures of the kind below."""
    drawn = np.stack([tissue(seed) for seed in range(1, 301)])
    every = training_range.figures(drawn)
    low, high = every.min(axis=0), every.max(axis=0)
    return Profile(tuple(low.tolist()), tuple(high.tolist()), len(drawn), "drawn")


def tissue(seed=0):
    """Something pink with purple dots, as the demo draws it."""
    rng = np.random.default_rng(seed)
    pixels = np.full((50, 50, 3), [214, 140, 190], np.float64)
    pixels += rng.normal(0, 12, (50, 50, 1))
    for x, y in rng.integers(4, 46, (40, 2)):
        cv2.circle(pixels, (int(x), int(y)), 2, (110, 70, 150), -1)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def test_both_shipped_runs_have_a_profile_of_their_training_side():
    for name in ("demo", "reference"):
        found = training_range.saved(open_run(REPOSITORY / "models" / name))
        assert found is not None
        assert found.patches > 1_000


def codes(pixels, profile):
    return {finding.code for finding in look(pixels, profile)}


def test_tissue_as_in_training_passes(profile):
    assert codes(tissue(), profile) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: cv2.GaussianBlur(p, (0, 0), 3), "sharpness"),
        (lambda p: np.repeat(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)[..., None], 3, 2), "tint"),
        (lambda p: np.roll(p, 1, axis=2), "tint"),
        (lambda p: (p * 0.3).astype(np.uint8), "brightness"),
        (lambda p: p[:20], "small"),
        (lambda p: np.full_like(p, 250), "blank"),
        (lambda p: np.zeros_like(p), "blank"),
    ],
)
def test_what_is_unlike_training_is_named(profile, change, code):
    found = look(change(tissue()), profile)
    assert code in {each.code for each in found}
    said = next(each.sentence for each in found if each.code == code)
    assert any(sign.isdigit() for sign in said)
    assert code in training_range.SHORT


def test_without_a_profile_only_what_needs_none_is_said():
    assert codes(np.roll(tissue(), 1, axis=2), None) == set()
    assert codes(np.full((50, 50, 3), 9, np.uint8), None) == {"blank"}
    assert codes(tissue()[:, :30], None) == {"small"}


def test_a_figure_at_its_bound_passes_and_just_beyond_does_not():
    low, high = np.zeros(len(FIGURES)), np.ones(len(FIGURES))
    profile = Profile(tuple(low), tuple(high), 10, "d")
    inside = np.full(len(FIGURES), 0.5)
    for at, name in enumerate(FIGURES):
        bound = 0.0 if name in training_range.STRICT else -training_range.MARGIN
        for value, odd in (
            (bound, False),
            (bound - 1e-6, True),
            (1 + training_range.MARGIN + 1e-6, True),
        ):
            values = inside.copy()
            values[at] = value
            assert bool(training_range.outside(values, profile)) == odd


def test_the_profile_is_that_of_the_training_side_alone(world, tmp_path):
    store = open_store(world / "data" / "tiny")
    found = profile_of(store)
    rows = np.flatnonzero((store.index["split"] == "train").to_numpy())
    assert found.patches == len(rows)
    every = training_range.figures(np.asarray(store.patches[rows]))
    assert found.high[0] == pytest.approx(np.quantile(every[:, 0], training_range.QUANTILES[1]))
    assert found.data == store.fingerprint


def test_a_store_without_training_patches_is_refused(world, tmp_path):
    store = open_store(world / "data" / "tiny")
    other = store.index.assign(split="test")
    write_parquet(tmp_path / "index.parquet", other)
    object.__setattr__(store, "index", other)
    with pytest.raises(Refusal, match="training patches"):
        profile_of(store)


def test_a_profile_is_kept_and_a_damaged_one_is_none(tmp_path, profile, world):
    run = open_run(world / "models" / "small")
    moved = type(run)(tmp_path, run.info)
    save(moved, profile)
    assert saved(moved) == profile
    (tmp_path / training_range.FILE).write_text('{"low": {}}')
    assert saved(moved) is None
    (tmp_path / training_range.FILE).unlink()
    assert saved(moved) is None


@pytest.mark.slow
def test_few_real_patches_raise_an_alarm_and_all_blurred_ones_do(real_root):
    profile = training_range.saved(open_run(REPOSITORY / "models" / "reference"))
    folders = sorted(folder for folder in (real_root / "idc").iterdir() if folder.is_dir())
    files = [file for folder in folders[::2] for file in sorted(folder.rglob("*.png"))[:3]]
    patches = [cv2.imread(str(file), cv2.IMREAD_COLOR_RGB) for file in files]
    whole = [patch for patch in patches if patch.shape == (50, 50, 3)]
    assert np.mean([bool(look(patch, profile)) for patch in whole]) < 0.05
    soft = [cv2.GaussianBlur(patch, (0, 0), 2) for patch in whole]
    assert np.mean([bool(look(patch, profile)) for patch in soft]) > 0.95


def test_what_is_known_of_the_public_sets_edges_is_not_said_of_other_classes(profile):
    edge = tissue()[:20]
    (usual,) = (each for each in look(edge, profile) if each.code == "small")
    assert usual.sentence == (
        "It is 50×20 pixels, not 50×50: the rest is filled with white, and edge patches mostly "
        "have no IDC in the data."
    )
    named = Raster(positive="tumour", negative="stroma")
    (other,) = (each for each in look(edge, profile, raster=named) if each.code == "small")
    assert other.sentence == "It is 50×20 pixels, not 50×50: the rest is filled with white."
