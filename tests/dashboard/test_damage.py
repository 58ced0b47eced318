"""Every artefact of a run and of a store, damaged in every way: a sentence, no internal error.

The quick half opens one page each. The slow half deals the pages out to the damages of a file, so
that each page meets every file damaged once; `make test-long` opens every page with each.
"""

import re

import pytest

from idc_core.io.files import read_parquet, write_parquet
from idc_core.runs import ledger
from idc_core.runs.run import open_run


def half(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def no_utf8(file):
    content = file.read_bytes()
    file.write_bytes(content[:3] + b"\xff" + content[4:])


def empty(file):
    file.write_bytes(b"")


def a_folder(file):
    file.unlink()
    file.mkdir()


def a_list(file):
    file.write_text("[1, 2]\n")


def endless(file):
    file.write_text(re.sub(r"([:,] ?)-?\d+\.\d+", r"\1Infinity", file.read_text()))


def words(file):
    file.write_text(re.sub(r"([:,] ?)-?\d+\.\d+", r'\1"many"', file.read_text()))


def whole_patients(file):
    table = read_parquet(file)
    write_parquet(file, table.assign(patient=table["patient"].astype(int)))


def endless_score(file):
    table = read_parquet(file)
    table.loc[3, "score"] = float("inf")
    write_parquet(file, table)


ANY = (half, no_utf8, empty, a_folder)
JSON = (*ANY, a_list, endless, words)
TABLES = (*ANY, whole_patients)
RUN, STORE = "models/small", "data/tiny"
ARTEFACTS = {
    f"{RUN}/run.json": JSON,
    f"{RUN}/report.json": JSON,
    f"{RUN}/operating_points.jsonl": JSON,
    f"{RUN}/looks.jsonl": JSON,
    f"{RUN}/events.jsonl": JSON,
    f"{RUN}/history.csv": (*ANY, words),
    f"{RUN}/model.onnx": ANY,
    f"{RUN}/predictions.parquet": (*TABLES, endless_score),
    f"{STORE}/manifest.json": JSON,
    f"{STORE}/index.parquet": TABLES,
    f"{STORE}/rejects.csv": ANY,
    f"{STORE}/patches.npy": ANY,
}
CASES = [
    pytest.param(name, damage, id=f"{name.rsplit('/', 1)[1]}-{damage.__name__}")
    for name, damages in ARTEFACTS.items()
    for damage in damages
]
QUICK = [case for case in CASES if case.values[1] in (no_utf8, a_list, whole_patients)]


@pytest.fixture
def damaged(own_world):
    ledger.look(open_run(own_world / RUN), 0.3)

    def with_(name, damage):
        damage(own_world / name)

    return with_


@pytest.mark.parametrize(("name", "damage"), QUICK)
def test_a_damaged_file_is_a_sentence(name, damage, damaged, app):
    damaged(name, damage)
    page = app(run="small").open("data" if name.startswith(STORE) else "operating-point/threshold")
    assert not page.failed


@pytest.mark.slow
@pytest.mark.parametrize(("name", "damage"), CASES)
def test_a_damaged_file_takes_no_page_down(name, damage, damaged, app, in_turns):
    damaged(name, damage)
    page = app(run="small")
    damages = ARTEFACTS[name]
    mine = in_turns(damages.index(damage), len(damages))
    failed = [view for view in mine if page.open(view).failed]
    assert not failed


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(("name", "damage"), CASES)
def test_a_damaged_file_takes_no_page_of_all_down(name, damage, damaged, app, views):
    damaged(name, damage)
    page = app(run="small")
    assert [view for view in views if page.open(view).failed] == []


@pytest.mark.parametrize("damage", JSON)
def test_a_broken_manifest_of_another_folder_disturbs_no_run(damage, own_world, app):
    other = own_world / "data" / "another"
    other.mkdir()
    (other / "manifest.json").write_bytes((own_world / STORE / "manifest.json").read_bytes())
    damage(other / "manifest.json")
    page = app(run="small").open("data")
    assert not page.failed
    assert "another" not in page.text
