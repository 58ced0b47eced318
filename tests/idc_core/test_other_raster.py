"""Patches of 96 and of 224 px go all the way that those of 50 go: trained on, scored, explained,
perturbed, put together and exported."""

import json
import re

import cv2
import numpy as np
import pandas as pd
import pytest

from idc_core.data.near_duplicates import near_duplicates
from idc_core.data.slides import assemble, neighbourhood
from idc_core.evaluate.seal_check import store_of
from idc_core.evaluate.slices import attributes
from idc_core.evaluate.spatial.neighbours import NONE, neighbours_of
from idc_core.export.charts import Charts
from idc_core.export.html import write_report
from idc_core.export.patient.geojson import slide_geojson
from idc_core.export.patient.image import slide_png
from idc_core.interpret.channels.analyse import analyse
from idc_core.interpret.explain.evidence import mean
from idc_core.interpret.explain.faithfulness import checks
from idc_core.interpret.explain.occlusion import occlusion, windows
from idc_core.interpret.graph.network_view import Anatomy
from idc_core.io.files import read_parquet
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import Origin
from idc_core.runs.run import open_run
from idc_core.score import embeddings
from idc_core.score.input_check import check
from idc_core.score.perturbations import PERTURBATIONS, changed
from idc_core.score.predict import predict_sources
from idc_core.score.save_as_run import save_as_run
from idc_core.score.scoring import Scorer
from idc_core.score.training_range import look, profile_of
from idc_core.score.tta import spread
from idc_core.train.config import TrainConfig
from tests.other_raster import COLUMNS, ROWS, SPLITS, raster_of, trained

CHARTS = Charts(*[lambda *_: '<svg viewBox="0 0 4 3"></svg>'] * 6)


@pytest.fixture(scope="module", params=[96, 224])
def world(request, tmp_path_factory):
    root = tmp_path_factory.mktemp(f"of_{request.param}")
    return root, trained(root, request.param), request.param


@pytest.fixture
def run(world):
    return world[1]


@pytest.fixture
def side(world):
    return world[2]


@pytest.fixture
def store(world):
    from idc_core.data.stores.store import open_store

    return open_store(world[0] / "data" / "drawn")


@pytest.fixture
def scorer(run):
    return Scorer(run.path / "model.onnx")


def test_a_run_says_the_raster_of_its_store_and_needs_the_store_for_it_no_more(run, store, side):
    assert run.info.raster == store.raster == raster_of(side)
    assert run.info.pixel_size_um == 0.5


def test_the_network_takes_the_size_of_the_store_and_no_other(run, scorer, store, side):
    assert scorer.side == side
    assert run.info.onnx_max_difference < 1e-5
    found = read_parquet(run.path / "predictions.parquet")
    np.testing.assert_allclose(found["score"], scorer.score(store.patches), atol=1e-6)
    with pytest.raises(Refusal, match=rf"of shape \(n, {side}, {side}, 3\): found uint8 \(2, 50"):
        scorer.score(np.zeros((2, 50, 50, 3), np.uint8))


def test_the_published_network_is_refused_before_anything_is_written(store, side, tmp_path):
    from idc_core.nn.training import train

    with pytest.raises(
        Refusal, match=rf"expected patches of 50 px .* cancernet: these have {side}"
    ):
        train(TrainConfig(network="cancernet", epochs=1), tmp_path / "run", store)
    assert not (tmp_path / "run").exists()


def test_a_teacher_of_another_size_is_refused_before_anything_is_written(store, tmp_path):
    from idc_core.nn.training import train

    teacher = REPOSITORY / "models" / "demo" / "model.onnx"
    with pytest.raises(Refusal, match=r"expected a teacher for patches of .* takes 50"):
        train(TrainConfig(epochs=1), tmp_path / "run", store, teacher=teacher)
    assert not (tmp_path / "run" / "run.json").exists()


def test_patches_in_files_of_that_size_are_scored_as_those_of_the_store(
    scorer, store, side, tmp_path
):
    whole, edge = store.patches[0], store.patches[1][: side - 7, :]
    for name, pixels in (("whole.png", whole), ("edge.png", edge)):
        cv2.imwrite(str(tmp_path / name), pixels[..., ::-1])
    cv2.imwrite(str(tmp_path / "large.png"), np.zeros((side + 1, side, 3), np.uint8))
    found = predict_sources([tmp_path], scorer, 0.5)
    assert found.table["file"].tolist() == ["edge.png", "whole.png"]
    assert found.table["score"].iloc[1] == pytest.approx(scorer.score(whole[None])[0])
    assert found.table["odd"].tolist() == ["too small", ""]
    assert f"at most {side}×{side} pixels: found {side}×{side + 1}" in found.refused[0].detail


def test_occlusion_covers_as_large_a_part_of_the_patch_and_finds_what_counts(side):
    def logits(patches):  # what is dark in the upper left quarter speaks for the class
        half = side // 2
        return -patches[:, :half, :half].mean(axis=(1, 2, 3)).astype(np.float32)

    patch = np.full((side, side, 3), 230, np.uint8)
    patch[: side // 2, : side // 2] = 40
    found = occlusion(logits, patch, fill="mean")
    cells = len(found.pro)
    assert found.note.startswith(f"a square of {windows(side)[1]} px")
    assert 9 <= cells <= 12
    assert found.side == side
    assert found.resolution == f"{cells} × {cells} cells of {side / cells:.3g} px"
    assert found.signed[: cells // 2 - 1, : cells // 2 - 1].min() > 0
    assert abs(found.signed[cells // 2 + 2 :, cells // 2 + 2 :]).max() < 0.01 * found.most


def test_evidence_is_checked_against_chance(scorer, store):
    patch = store.patches[2]
    found = mean([occlusion(scorer.logits, patch)])
    (made,) = checks(scorer.logits, patch, [found.signed], called_idc=True, orders=3)
    assert made.deletion.by_map[0] == pytest.approx(float(scorer.logits(patch[None])[0]), abs=1e-4)
    assert made.insertion.by_map[-1] == pytest.approx(made.deletion.by_map[0], abs=1e-4)


def test_gradients_are_as_large_as_the_layer(run, store, side):
    import keras

    from idc_core.nn.gradients import Gradients

    network = Gradients(keras.models.load_model(run.path / "model.keras", compile=False))
    pixels = store.patches[:2].astype(np.float32)
    pro, con = network.layer_cam(pixels, "conv")
    assert pro.shape == con.shape == (2, *network.wired.answers["conv"].shape[1:3])
    (pro, _), _ = network.integrated(pixels, np.zeros_like(pixels))
    assert pro.shape[0] == 2


def test_steps_of_the_network_are_worked_out(scorer, store, side):
    anatomy, patch = Anatomy(scorer), store.patches[5]
    assert anatomy.costs["average"].sees_px == side
    assert anatomy.costs["average"].sees_all
    assert not anatomy.costs["conv"].sees_all
    (layer,) = anatomy.separables
    worked = anatomy.work_out(layer, 1, (3, 4), patch)
    assert scorer.activations(patch)[layer].shape[0] == pytest.approx(side / 2, abs=1)
    assert worked is not None


def test_channels_and_look_alikes_are_found(run, scorer, store):
    found = analyse(run, store, scorer, lambda *_: None)
    assert set(found.table["layer"]) >= {"conv", "average"}
    embeddings.measure(run, store, scorer, lambda *_: None)
    known = embeddings.saved(run, store)
    assert known.shape == (len(store.index), scorer.embedding_layer.shape[0])


def test_every_perturbation_keeps_the_size_and_the_neutral_one_the_patch(store, side):
    patches = store.patches[:2]
    for key, kind in PERTURBATIONS.items():
        assert changed(patches, key, kind.values[0]).shape == (2, side, side, 3)
    turned = changed(patches, "rotation", 180.0)
    assert np.abs(turned[:, ::-1, ::-1].astype(int) - patches).max() <= 1


def test_the_input_check_knows_a_whole_patch_from_a_small_one(scorer, store, side):
    profile = profile_of(store)
    assert profile.patches == 24
    assert [
        each.code for each in look(store.patches[0][: side - 1], profile, raster=store.raster)
    ] == ["small"]
    assert "small" not in [
        each.code for each in look(store.patches[0], profile, raster=store.raster)
    ]
    assert check(store.patches, profile).look.sentences() == []
    assert spread(scorer.score, store.patches[0]).scores.shape == (8,)


def test_the_slide_is_put_together_patch_beside_patch(store, side):
    own = store.index[store.index["patient"] == "four"]
    at, places = own.index.to_numpy(), [own[name].to_numpy() for name in ("x", "y")]
    sizes = [own[name].to_numpy() for name in ("width", "height")]
    image, present = assemble(store.patches[at], *places, *sizes, stride=side)
    assert image.shape == (ROWS * side, COLUMNS * side, 3)
    assert present.all()
    np.testing.assert_array_equal(image[side : 2 * side, 2 * side : 3 * side], store.patches[at[6]])
    around, there = neighbourhood(store.patches[at], *places, (1 + side, 1 + side), 3, stride=side)
    assert there.all()
    np.testing.assert_array_equal(around, image[: 3 * side, : 3 * side])
    picture = cv2.imdecode(np.frombuffer(slide_png(store, "four"), np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(picture[..., ::-1], image)


def test_neighbours_are_those_of_the_stores_grid(store, side):
    own = store.index[store.index["patient"] == "four"]
    near = neighbours_of(own, side)
    assert (near != NONE).sum(axis=1).tolist() == [3, 5, 5, 3, 5, 8, 8, 5, 3, 5, 5, 3]
    assert store.whole_patients == set(SPLITS)
    known = attributes.without_pixels(store.index, SPLITS, store, store.raster)
    assert {each.name: each.values for each in known}["edge"] == ("cut off", f"full {side}×{side}")
    assert (known[-1].codes == 1).all()


def test_the_seal_of_a_store_is_checked_and_nearly_equal_patches_are_found(store, side):
    assert store_of(store) == []
    assert list(near_duplicates(store.patches)["first"]) == []
    coarse = np.random.default_rng(1).integers(40, 220, (2, 15, 15, 3)).astype(np.uint8)
    one, other = (cv2.resize(each, (side, side), interpolation=cv2.INTER_CUBIC) for each in coarse)
    twice = np.stack([one, other, one[::-1]])
    found = near_duplicates(twice)
    assert found[["first", "second", "way"]].to_numpy().tolist() == [
        [0, 2, "mirrored, turned by 180°"]
    ]


def test_a_square_of_the_export_is_as_large_as_the_patch(store, side):
    rows = pd.DataFrame({"patient": "four", "x": [1 + side], "y": [1], "label": 1, "score": 0.9})
    said = json.loads(
        slide_geojson(
            rows.assign(outcome="tp"),
            (1, 1),
            facts={},
            colours={"tp": (1, 2, 3)},
            verdicts={},
            raster=store.raster,
            threshold=0.5,
        )
    )
    named = said["features"][0]["properties"]["classification"]["name"]
    assert named == "tumour found"
    assert said["features"][0]["geometry"]["coordinates"][0][:3] == [
        [side, 0],
        [2 * side, 0],
        [2 * side, side],
    ]


def test_what_was_scored_live_is_kept_with_its_raster(run, scorer, store, side, tmp_path):
    patches = store.patches[:4]
    rows = store.index.iloc[:4][["patient", "x", "y"]].assign(label=-1, score=scorer.score(patches))
    origin = Origin(kind="slide", file="a.svs", um_per_px=0.25, file_um_per_px=0.25)
    data, models = tmp_path / "data", tmp_path / "models"
    data.mkdir()
    models.mkdir()
    saved = save_as_run("kept", run, rows, patches, origin, data=data, models=models)
    raster = saved.info.raster
    assert (raster.patch_px, raster.um_per_px, raster.um_from) == (side, 0.25, "file")
    assert (raster.positive, raster.negative) == ("tumour", "stroma")
    from idc_core.data.stores.store import open_store

    kept = open_store(data / "kept")
    assert kept.raster == raster
    assert kept.fingerprint == saved.info.fingerprint
    np.testing.assert_array_equal(kept.patches, patches)


def test_the_report_says_the_size_and_the_words_of_the_data(run, store, tmp_path):
    file = tmp_path / "report.html"
    write_report(open_run(run.path), file, CHARTS, store)
    said = file.read_text(encoding="utf-8")
    assert "50×50" not in said
    assert "0.5 µm, to be verified" not in said
    assert "of them tumour, " in said
    assert re.search(r"Positive class</\w+>\s*<\w+>tumour<", said)
    assert re.search(r"Negative class</\w+>\s*<\w+>stroma<", said)
    assert ">tumour</th>" in said
    assert [row["class"] for row in run.report().splits["test"].per_class] == ["stroma", "tumour"]
