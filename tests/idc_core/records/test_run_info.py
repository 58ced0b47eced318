"""What a run says of itself: read without loss, brought up to date, refused where it is newer."""

import pytest

from idc_core.io import record
from idc_core.io.files import read_json, write_json
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import RunInfo, Training, read_info, runs_with

SHIPPED = ["demo", "demo-slides", "reference", "reference-cancernet"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_run_is_read_without_loss(name):
    info = read_info(REPOSITORY / "models" / name)
    said = read_json(REPOSITORY / "models" / name / "run.json")
    said.pop("format", None)  # written by `record.write`, no field
    written = record.fields(info)
    assert {key: written.get(key) for key in said} == said
    assert info.others == {}


def test_a_run_of_a_newer_program_is_refused_by_its_number(tmp_path):
    write_json(tmp_path / "run.json", {"format": 9, "status": ["all", "new"]})
    with pytest.raises(
        Refusal, match=r"expected format 3 .* found format 9, .* Update the program"
    ):
        read_info(tmp_path)


def test_what_an_older_scored_run_learnt_from_is_said_where_it_is_said_today():
    old = {"status": "scored", "trained_on": "not known: this network was imported"}
    why = Training(why="the network that scored it was imported")
    assert record.of(RunInfo, old, "here").training == why
    assert record.of(RunInfo, old | {"format": 2}, "here").training is None
    for other in ({"status": "imported"}, {"model_source": {"file": "a"}}, {"trained_on": "real"}):
        assert record.of(RunInfo, old | other, "here").training is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"data": 3}, "expected data in .* to be an object: found '3'"),
        ({"data": {"patches": []}}, "expected data.patches in .* to be an object"),
        ({"monitor": 1}, "expected monitor in .* to be a text: found '1'"),
        ({"wall_seconds": "long"}, "expected wall_seconds in .* to be a number: found 'long'"),
        ({"parameters": 1.5}, "expected parameters in .* to be a whole number: found '1.5'"),
        ({"labels": "yes"}, "expected labels in .* to be true or false: found 'yes'"),
    ],
)
def test_a_field_of_another_kind_is_named(tmp_path, said, sentence):
    write_json(tmp_path / "run.json", said)
    with pytest.raises(Refusal, match=sentence):
        read_info(tmp_path)


def test_a_run_is_found_by_its_data_and_a_damaged_one_disturbs_no_other(tmp_path):
    write_json(tmp_path / "one" / "run.json", {"data": {"fingerprint": "f"}})
    write_json(tmp_path / "two" / "run.json", {"data": 3})
    assert runs_with("f", tmp_path) == [tmp_path / "one"]
    assert runs_with(None, tmp_path) == []
