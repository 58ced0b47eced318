"""Patches in files, folders and zips are scored; what cannot be read is listed and skipped."""

import csv
import tarfile
import zipfile

import cv2
import numpy as np
import pytest

from idc_core.data.images import pad_patch
from idc_core.evaluate.recalibration import ScoreMap
from idc_core.facts.record import Facts
from idc_core.io.refusal import Refusal
from idc_core.score import predict
from idc_core.score.predict import COLUMNS, predict_sources, write_scores
from idc_core.score.scoring import Scorer

NAMED = "10253_idx5_x1001_y1051_class1.png"


def png(pixels):
    return cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()


def drawn(seed, height=50, width=50):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.fixture
def scorer(world):
    return Scorer(world / "models" / "small" / "model.onnx")


@pytest.fixture
def folder(tmp_path):
    """Four patches at three depths, and five files that are none."""
    files = {
        f"10253/1/{NAMED}": png(drawn(1)),
        "deep/er/still/any name.png": png(drawn(2)),
        "=cmd.png": png(drawn(3)),
        "edge.png": png(drawn(4, height=20, width=50)),
        "notes.txt": b"not a patch",
        "empty.png": b"",
        "cut.png": png(drawn(5))[:-20],
        "large.png": png(drawn(6, height=51)),
        "photo.png": cv2.imencode(".bmp", drawn(7))[1].tobytes(),
    }
    for name, content in files.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(content)
    return tmp_path / "in"


def zipped(folder):
    path = folder.parent / "patches.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for each in sorted(folder.rglob("*")):
            if each.is_file():
                file.write(each, each.relative_to(folder).as_posix())
    return path


def test_every_patch_of_a_folder_is_scored_and_the_rest_listed_with_reasons(folder, scorer):
    found = predict_sources([folder], scorer, 0.5)
    assert tuple(found.table.columns) == COLUMNS
    assert list(found.table["file"]) == [
        f"10253/1/{NAMED}",
        "=cmd.png",
        "deep/er/still/any name.png",
        "edge.png",
    ]
    assert {each.file: each.reason for each in found.skipped} == {
        "cut.png": "truncated",
        "empty.png": "not_an_image",
        "large.png": "too_large",
        "notes.txt": "not_an_image",
        "photo.png": "not_an_image",
    }
    assert all(str(each).startswith(f"{each.file}: expected") for each in found.skipped)


def test_scores_are_those_of_the_pixels_edge_patches_padded(folder, scorer):
    found = predict_sources([folder], scorer, 0.5).table
    pixels = [drawn(1), drawn(3), drawn(2), pad_patch(drawn(4, height=20))]
    assert np.array_equal(found["score"], scorer.score(np.stack(pixels)))


@pytest.fixture
def twice(tmp_path):
    """The archive as Kaggle has it: its tree a second time inside; a browser's copy, a Mac's."""
    for at in range(4):
        pixels, patch = png(drawn(at)), f"8863_idx5_x{1 + 50 * at}_y51_class0.png"
        for above in ("", "IDC_regular_ps50_idx5/"):
            file = tmp_path / "in" / above / "8863" / "0" / patch
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(pixels)
        (tmp_path / "in" / "8863" / "0" / f"._{patch}").write_bytes(b"mac")
    (tmp_path / "in" / "8863" / "0" / "8863_idx5_x1_y51_class0 (1).png").write_bytes(png(drawn(0)))
    return tmp_path / "in"


def test_a_second_copy_is_scored_once_and_said_in_words(twice, scorer):
    for source in (twice, zipped(twice)):
        found = predict_sources([source], scorer, 0.5)
        assert list(found.table["x"]) == [101, 151, 1, 51]
        assert found.refused == ()
        assert found.told() == [
            "4 files are the archive's second copy of patches that were scored.",
            "1 file is a copy that a browser or system made of a patch that was scored.",
            "Files of the system, passed over: 4.",
        ]
        assert found.loss().judged.lost == 0


def test_a_jpeg_and_a_name_in_capitals_are_read_and_told(tmp_path, scorer):
    jpeg = cv2.imencode(".jpg", drawn(1))[1].tobytes()
    (tmp_path / "8863_idx5_x1_y51_class1.JPG").write_bytes(jpeg + b"more")
    (tmp_path / NAMED.upper()).write_bytes(png(drawn(2)))
    found = predict_sources([tmp_path], scorer, 0.5)
    assert list(found.table["patient"]) == ["10253", "8863"]
    assert list(found.table["label"]) == [1, 1]
    assert (found.lossy, found.after_end) == (1, 1)
    assert found.told()[0].startswith("1 of 2 patches are JPEG")


def test_an_archive_that_is_no_zip_says_what_unpacks_it_and_a_zip_inside_is_named(
    twice, tmp_path, scorer
):
    with tarfile.open(tmp_path / "set.tar.gz", "w:gz") as packed:
        packed.add(twice, "in")
    (skipped,) = predict_sources([tmp_path / "set.tar.gz"], scorer, 0.5).skipped
    assert "it is a tar.gz or gz archive. Unpack it (tar -xzf set.tar.gz)" in skipped.detail
    (twice / "8864.zip").write_bytes(b"PK\3\4")
    found = predict_sources([twice], scorer, 0.5)
    assert [each.reason for each in found.refused] == ["archive"]
    assert "1 patient (8864) would be lost whole" in found.loss().judged.questions[0]


def test_a_patient_that_cannot_be_read_is_asked_about(twice, scorer):
    for label in (0, 1):
        file = twice / "8864" / str(label) / f"8864_idx5_x1_y51_class{label}.png"
        file.parent.mkdir(parents=True)
        file.write_bytes(png(drawn(9))[:-20])
    loss = predict_sources([twice], scorer, 0.5).loss()
    with pytest.raises(Refusal, match=r"1 patient \(8864\) would be lost whole.*--accept-loss"):
        loss.refuse(accepted=False)
    loss.refuse(accepted=True)


def test_a_zip_gives_what_the_folder_gives(folder, scorer):
    from_folder = predict_sources([folder], scorer, 0.5)
    from_zip = predict_sources([zipped(folder)], scorer, 0.5)
    assert from_zip.table.equals(from_folder.table)
    assert from_zip.skipped == from_folder.skipped


def test_what_a_name_does_not_say_stays_empty(folder, scorer):
    known, *others = predict_sources([folder], scorer, 0.5).table.itertuples()
    assert (known.patient, known.x, known.y, known.label) == ("10253", 1001, 1051, 1)
    for other in others:
        assert other.patient is None
        assert str(other.x) == str(other.y) == str(other.label) == "<NA>"


def test_several_files_are_named_without_the_path_of_this_machine(folder, scorer, monkeypatch):
    given = [folder / "edge.png", folder / "10253" / "1" / NAMED]
    table = predict_sources(given, scorer, 0.5).table
    assert list(table["file"]) == ["edge.png", NAMED]
    monkeypatch.chdir(folder)
    relative = predict_sources([path.relative_to(folder) for path in given], scorer, 0.5).table
    assert list(relative["file"]) == ["edge.png", f"10253/1/{NAMED}"]
    assert table["patient"][1] == "10253"


def test_a_file_of_any_suffix_is_a_patch_if_it_holds_one(tmp_path, scorer):
    (tmp_path / "patch.bin").write_bytes(png(drawn(1)))
    assert len(predict_sources([tmp_path / "patch.bin"], scorer, 0.5).table) == 1


def test_files_of_the_same_name_in_two_sources_are_told_apart(folder, scorer):
    files = predict_sources([folder, zipped(folder)], scorer, 0.5).table["file"]
    assert files.is_unique
    assert files[0] == f"{folder.name}/10253/1/{NAMED}"
    assert files[4] == f"patches.zip/10253/1/{NAMED}"


def test_absolute_sources_of_one_name_are_told_apart_by_their_folders(tmp_path, scorer):
    given = [tmp_path / split / "patch.png" for split in ("left", "right")]
    for path in given:
        path.parent.mkdir()
        path.write_bytes(png(drawn(1)))
    files = predict_sources(given, scorer, 0.5).table["file"]
    assert files.tolist() == ["left/patch.png", "right/patch.png"]


def test_a_source_that_cannot_be_opened_does_not_end_the_others(folder, scorer, tmp_path):
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 and then nothing")
    missing = tmp_path / "missing"
    found = predict_sources([missing, broken, folder / "edge.png"], scorer, 0.5)
    assert len(found.table) == 1
    assert [(each.file, each.reason) for each in found.skipped] == [
        (missing.as_posix(), "unreadable"),
        (broken.as_posix(), "unreadable"),
    ]
    assert str(found.skipped[0]).endswith("missing: it is not there.")


def test_a_name_longer_than_the_system_allows_is_skipped(tmp_path, scorer):
    (skipped,) = predict_sources([tmp_path / ("a" * 300)], scorer, 0.5).skipped
    assert skipped.reason == "unreadable"


def test_links_are_not_followed(folder, scorer):
    (folder / "link.png").symlink_to(folder / "edge.png")
    reasons = {each.file: each.reason for each in predict_sources([folder], scorer, 0.5).skipped}
    assert reasons["link.png"] == "symlink"


def test_nothing_to_score_is_an_empty_table(tmp_path, scorer):
    found = predict_sources([tmp_path], scorer, 0.5)
    assert tuple(found.table.columns) == COLUMNS
    assert len(found.table) == 0
    assert found.skipped == ()


def test_a_score_equal_to_the_threshold_is_called_and_one_below_is_not(folder, scorer):
    score = float(predict_sources([folder / "edge.png"], scorer, 0.5).table["score"][0])
    for threshold, called in ((score, 1), (float(np.nextafter(score, 1)), 0), (0.0, 1)):
        table = predict_sources([folder / "edge.png"], scorer, threshold).table
        assert table["called"][0] == called


def test_small_blocks_change_nothing(folder, scorer, monkeypatch):
    whole = predict_sources([folder], scorer, 0.5)
    monkeypatch.setattr(predict, "BLOCK", 3)
    blocks = predict_sources([folder], scorer, 0.5)
    assert list(blocks.table["file"]) == list(whole.table["file"])
    np.testing.assert_allclose(blocks.table["score"], whole.table["score"], atol=1e-6)


def test_progress_ends_with_all_files(folder, scorer):
    told = []
    predict_sources([folder], scorer, 0.5, lambda *said: told.append(said))
    assert told[-1] == ("score in", 9, 9)


def test_a_network_that_will_not_do_is_refused(folder, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"broken")
    with pytest.raises(Refusal, match="expected an ONNX network"):
        predict_sources([folder], Scorer(path), 0.5)


def test_the_written_table_can_be_read_back(folder, scorer, tmp_path):
    table = predict_sources([folder], scorer, 0.5).table
    write_scores(tmp_path / "scores.csv", table, Facts())
    with (tmp_path / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["x"] for row in rows] == ["1001", "", "", ""]
    assert [float(row["score"]) for row in rows] == list(table["score"])


def test_a_name_that_looks_like_a_formula_is_made_harmless(folder, scorer, tmp_path):
    write_scores(tmp_path / "scores.csv", predict_sources([folder], scorer, 0.5).table, Facts())
    assert "\n'=cmd.png,,,,,0." in (tmp_path / "scores.csv").read_text()


def test_a_failed_write_leaves_the_old_scores(folder, scorer, tmp_path, monkeypatch):
    (tmp_path / "scores.csv").write_text("old")
    table = predict_sources([folder], scorer, 0.5).table.drop(columns="score")
    with pytest.raises(KeyError):
        write_scores(tmp_path / "scores.csv", table, Facts())
    assert (tmp_path / "scores.csv").read_text() == "old"


def test_what_a_kill_left_half_written_goes_with_the_next_scores(folder, scorer, tmp_path):
    (tmp_path / ".scores.csv.h4_x.part").write_text("file,pat")
    write_scores(tmp_path / "scores.csv", predict_sources([folder], scorer, 0.5).table, Facts())
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["scores.csv"]


def test_a_kept_calibration_is_what_is_called_by(scorer, folder):
    raw = predict_sources([folder], scorer, 0.5).table
    milder = ScoreMap("temperature", {"temperature": 4.0})
    mapped = predict_sources([folder], scorer, 0.5, calibration=milder).table
    np.testing.assert_allclose(mapped["score"], milder.apply(raw["score"]), rtol=1e-6)
    assert (mapped["called"] == (mapped["score"] >= 0.5)).all()
