"""A page is told of its threshold table once there is one; a bad one is made again."""

import gzip
import json
import shutil

import pytest

from dashboard.cache import predictions, runs, threshold_table
from dashboard.cache.threshold_table import FAILED, Tables, Told, identity_of
from dashboard.state import static_files, streamlit_inside
from idc_core.threshold_table import file


@pytest.fixture
def asked(own_run):
    """Asks for the table of the run's test split, as a page does."""
    run = runs.run("small")
    found, of = predictions.scores(run, "test"), identity_of(run, "test")

    def get(tables):
        return tables.get(run, "test", of, found)

    return get, file.path_of(run, "test", of)


def done(tables):
    tables._worker.shutdown(wait=True)
    return tables


def test_a_table_is_made_meanwhile_kept_with_the_run_and_found_by_the_next_server(asked):
    get, path = asked
    tables = Tables()
    assert get(tables) == (None, "")
    content, said = get(done(tables))
    assert (path.read_bytes(), said) == (content, "")
    assert get(Tables()) == (content, "")  # nothing is made: it is there at once


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda whole: whole[:-30], "damaged"),
        (lambda whole: planted(whole), "does not match its digest"),
    ],
)
def test_a_bad_table_is_refused_in_a_sentence_and_made_again(asked, spoil, said):
    get, path = asked
    tables = Tables()
    get(tables)
    whole, _ = get(done(tables))
    path.write_bytes(spoil(whole))
    tables = Tables()
    content, trouble = get(tables)
    assert content is None
    assert said in trouble
    assert trouble.startswith("Figures follow the threshold once it rests: ")
    assert get(done(tables)) == (whole, "")
    assert path.read_bytes() == whole


def planted(whole):
    told = json.loads(gzip.decompress(whole))
    told["tp"][400] += 1
    return gzip.compress(json.dumps(told).encode())


def test_one_that_cannot_be_kept_lives_with_the_server(asked, monkeypatch):
    get, path = asked
    path.parent.mkdir(exist_ok=True)
    path.mkdir()
    tables = Tables()
    get(tables)
    content, said = get(done(tables))
    assert said == ""
    assert content is not None


def test_nothing_is_written_into_a_run_that_is_gone_meanwhile(asked, own_run, monkeypatch):
    get, _ = asked
    build = threshold_table.build.build

    def slowly(*given):
        shutil.rmtree(own_run)
        return build(*given)

    monkeypatch.setattr(threshold_table.build, "build", slowly)
    tables = Tables()
    get(tables)
    content, _ = get(done(tables))
    assert content is not None
    assert not own_run.exists()


def test_one_that_cannot_be_made_is_not_tried_again(asked, monkeypatch, caplog):
    get, _ = asked
    tries = []
    monkeypatch.setattr(threshold_table.build, "build", lambda *given: tries.append(given) or 1 / 0)
    tables = Tables()
    get(tables)
    for _ in range(2):
        assert get(done(tables)) == (None, FAILED)
    assert len(tries) == 1
    assert "threshold table" in caplog.text
    assert not Told("x", trouble=FAILED).is_made
    assert Told("x").is_made


def test_a_server_holds_a_few_tables(asked, monkeypatch):
    monkeypatch.setattr(threshold_table, "KEPT", 1)
    get, _ = asked
    tables = Tables()
    tables._keep("older", b"1")
    get(tables)
    assert list(done(tables)._known) == [identity_of(runs.run("small"), "test")]


def test_a_page_is_told_the_address_and_what_it_must_be_of(own_run, monkeypatch):
    run, tables = runs.run("small"), Tables()
    monkeypatch.setattr(streamlit_inside, "is_served", lambda: False)
    assert threshold_table.told(run, "test") is None  # no browser
    monkeypatch.setattr(streamlit_inside, "is_served", lambda: True)
    monkeypatch.setattr(static_files, "address", lambda content, kind, name: f"/{name}.{kind}")
    monkeypatch.setattr(threshold_table, "_tables", lambda: tables)
    of = identity_of(run, "test")
    assert threshold_table.told(run, "test") == Told(of)
    done(tables)
    told = threshold_table.told(run, "test")
    assert told == Told(of, "/threshold_test.application/gzip")
    assert not told.is_made
    assert threshold_table.told(run, "unused") is None
