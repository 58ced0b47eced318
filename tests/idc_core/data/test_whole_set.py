from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from idc_core.data.prepare import prepare
from idc_core.data.whole_set import all_too_large, look_at, sizes_noted
from idc_core.io.refusal import Refusal
from idc_core.score.input_check import check, joined
from idc_core.score.intake import read_zip

RNG = np.random.default_rng(0)


def stained(count: int = 40, side: int = 50) -> np.ndarray:
    """Patches with the colours and the grain of stained tissue, (count, side, side, 3)."""
    grain = RNG.normal(0, 25, (count, side, side, 1))
    return np.clip(np.array([190, 130, 170]) + grain, 0, 255).astype(np.uint8)


def white_around(patches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    side = patches.shape[1]
    padded = np.full((len(patches), 50, 50, 3), 255, np.uint8)
    padded[:, :side, :side] = patches
    return padded, np.full((len(patches), 2), side)


def folder(root: Path, patches: np.ndarray) -> Path:
    """A Kaggle folder of two patients."""
    for at, patch in enumerate(patches):
        who, label = f"900{at % 2}", at // 2 % 2
        place = root / who / str(label)
        place.mkdir(parents=True, exist_ok=True)
        name = f"{who}_idx5_x{50 * (at // 2) + 1}_y1_class{label}.png"
        Image.fromarray(patch).save(place / name)
    return root


def test_a_usual_set_is_not_talked_about() -> None:
    assert look_at(stained()).sentences() == []


def test_a_set_of_one_small_size_is_no_set_of_edge_patches() -> None:
    padded, sizes = white_around(stained(side=48))
    assert look_at(padded, sizes).sentences() == [
        "All 40 patches are 48×48 pixels, not 50×50: the set was cropped or resized, and these are "
        "no edge patches. They are filled up with white, which no network was trained on; bring "
        "the originals of 50×50."
    ]
    some = np.where(np.arange(40)[:, None] < 4, 48, 50) * np.ones((1, 2), int)
    assert look_at(padded, some).sentences() == []


def test_small_patches_of_many_sizes_are_more_than_an_edge() -> None:
    padded, _ = white_around(stained(side=30))
    sizes = 30 + np.arange(80).reshape(40, 2) % 15
    assert (
        look_at(padded, sizes)
        .sentences()[0]
        .startswith(
            "All 40 patches are smaller than 50×50, in 15 sizes: more than a slide's edge has."
        )
    )


def test_grey_exchanged_and_enlarged_sets_get_their_cause() -> None:
    patches = stained()
    grey = np.repeat(patches.mean(axis=3, keepdims=True).astype(np.uint8), 3, axis=3)
    assert look_at(grey).sentences()[0].startswith("All 40 patches are grey: the colour of the")
    assert (
        look_at(patches[..., ::-1])
        .sentences()[0]
        .startswith(
            "All 40 stained patches are bluer than red: red and blue seem to be exchanged (BGR"
        )
    )
    soft = np.stack([cv2.resize(cv2.resize(each, (16, 16)), (50, 50)) for each in patches])
    assert look_at(soft).sentences()[0].startswith("The set is soft: half of its patches have a")


def test_a_few_patches_are_no_set() -> None:
    assert look_at(stained(15)[..., ::-1]).sentences() == []


def test_parts_of_a_set_are_looked_at_together() -> None:
    padded, sizes = white_around(stained(20, side=48))
    parts = [check(padded[:10], None, sizes[:10]), check(padded[10:], None, sizes[10:])]
    assert parts[0].of_the_set() == []
    assert joined(parts).of_the_set()[0].startswith("All 20 patches are 48×48 pixels")
    assert joined(parts).record()["set"] == joined(parts).of_the_set()


def test_images_all_of_one_larger_size_are_one_sentence() -> None:
    reason = "expected a patch of at most 50×50 pixels: found 224×224. Cut larger images first."
    assert all_too_large([reason] * 128) == (
        "all 128 images are 224×224 pixels: a set that was resized for a network of 224 pixels, or "
        "cut at another size. Bring the original patches of 50×50 pixels."
    )
    assert all_too_large([reason] * 20, taken=20) is None
    assert all_too_large([reason] * 3) is None


def test_notes_of_padding_say_the_size() -> None:
    assert sizes_noted(["48×40, padded with white", ""]).tolist() == [[48, 40], [50, 50]]


def test_prepare_tells_of_the_set(tmp_path: Path) -> None:
    small = prepare(folder(tmp_path / "small", stained(side=48)), tmp_path / "data" / "a")
    assert small.manifest.set == look_at(*white_around(stained(side=48))).sentences()
    usual = prepare(folder(tmp_path / "usual", stained()), tmp_path / "data" / "b")
    assert usual.manifest.set == []
    with pytest.raises(Refusal, match=r"all 40 images are 96×96 pixels: a set that was resized"):
        prepare(folder(tmp_path / "large", stained(side=96)), tmp_path / "data" / "c")
    assert not (tmp_path / "data" / "c").exists()


def test_a_zip_of_large_images_says_so_of_all(tmp_path: Path) -> None:
    import shutil

    folder(tmp_path / "large", stained(side=96))
    made = shutil.make_archive(str(tmp_path / "large"), "zip", tmp_path / "large")
    with pytest.raises(Refusal, match="all 40 images are 96×96 pixels"):
        read_zip(Path(made))
