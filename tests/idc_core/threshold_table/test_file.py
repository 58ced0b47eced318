"""A table's file: it is read only where it is whole and of what it is asked for."""

import gzip
import json

import pytest

from idc_core.io.refusal import Refusal
from idc_core.records.run_info import RunInfo
from idc_core.runs.run import Run
from idc_core.threshold_table import file
from idc_core.threshold_table.grid import EVEN
from tests.idc_core.threshold_table.worlds import WORLDS, table_of

OF = "a" * 64
TENTHS = EVEN[::100], "even"


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path / "mine", RunInfo())


def written(run, of=OF):
    return file.write(run, "test", of, file.encoded(table_of(WORLDS["calls"], of, TENTHS)))


def told(content):
    return json.loads(gzip.decompress(content))


def test_a_table_is_read_as_it_was_written(run):
    path = written(run)
    assert path.parent == run.path / "analysis"
    content = file.read(run, "test", OF)
    assert content == path.read_bytes()
    found = told(content)
    assert (found["format"], found["of"], found["scale"]) == ("idc-threshold-table/1", OF, "even")
    assert found["grid"][7] == 0.7
    rows = WORLDS["calls"]
    assert found["tp"][0] == found["positives"] == rows["label"].sum()
    many = len(found["grid"])
    columns = [found["tp"], found["fp"], *(each["rows"] for each in found["texts"].values())]
    assert {len(each) for each in columns} == {many}
    assert set(found["numbers"]["sensitivity"]) == {"value", "low", "high"}


def test_the_same_patches_give_the_same_bytes(run):
    table = table_of(WORLDS["calls"], OF, TENTHS)
    assert file.encoded(table) == file.encoded(table_of(WORLDS["calls"], OF, TENTHS))


def test_what_is_not_defined_is_null(run):
    content = file.encoded(table_of(WORLDS["one class"], OF, TENTHS))
    assert told(content)["numbers"]["sensitivity"]["value"][3] is None


def test_a_newer_table_takes_the_place_of_the_splits_older_one_alone(run):
    older = written(run)
    other = run.path / "analysis" / "threshold_v1_validation_aaaaaaaaaaaa.json.gz"
    other.write_bytes(b"")
    newer = written(run, "b" * 64)
    assert (older.exists(), newer.exists(), other.exists()) == (False, True, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda found: found["tp"].__setitem__(3, 1), "digest"),
        (lambda found: found["texts"]["tp.count"]["rows"].__setitem__(0, "0;9"), "digest"),
        (lambda found: found.update(format="idc-threshold-table/0"), "another format"),
        (lambda found: found.update(of="b" * 64), "other predictions"),
    ],
)
def test_a_changed_table_is_refused(run, change, said):
    path = written(run)
    found = told(path.read_bytes())
    change(found)
    path.write_bytes(gzip.compress(json.dumps(found, ensure_ascii=False).encode()))
    with pytest.raises(Refusal, match=said):
        file.read(run, "test", OF)


def test_a_damaged_file_is_refused(run):
    path = written(run)
    whole = path.read_bytes()
    bombs = gzip.compress(b" " * (file.MOST_BYTES + 10))
    for content in (b"", whole[:-20], b"{}", gzip.compress(b"[1]"), bombs):
        path.write_bytes(content)
        with pytest.raises(Refusal, match="damaged"):
            file.read(run, "test", OF)
    path.unlink()
    with pytest.raises(Refusal, match="not there"):
        file.read(run, "test", OF)
