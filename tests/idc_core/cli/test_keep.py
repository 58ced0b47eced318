"""`backup`, `restore --from`, and `move-reviews` to the server that the environment names."""

import pytest

from idc_core.io.postgres.address import address_of
from idc_core.reviews import open_reviews
from idc_core.reviews.rows import digests
from idc_core.runs import ledger, seal
from idc_core.runs.run import open_run
from tests.verdicts import verdict


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "reviews.sqlite"
    monkeypatch.setenv("IDC_REVIEWS", str(path))
    open_reviews(path).record([verdict(verdict="idc", score=0.25)])
    return path


def test_reviews_move_to_the_server_and_the_digests_are_said(command, file, new_url, monkeypatch):
    url = new_url()
    monkeypatch.setenv("IDC_REVIEWS_URL", url)
    code, said = command("move-reviews")
    assert code == 0, said
    found = digests(address_of(url))
    assert found == digests(file)
    assert f"1 event, SHA-256 {found['event'].sha256} on both sides" in said
    assert f"0 regions, SHA-256 {found['region'].sha256} on both sides" in said
    assert "s3cret" not in said
    code, said = command("move-reviews", "--from", file)
    assert code == 2
    assert "expected no review in" in said


def test_a_run_that_is_shipped_takes_its_thresholds_along(
    command, copied, tmp_path, new_url, monkeypatch
):
    run = copied(tmp_path / "w") / "models" / "small"
    seal.write(run)
    monkeypatch.setenv("IDC_MODELS", str(run.parent))
    monkeypatch.setenv("IDC_REVIEWS_URL", new_url())
    ledger.look(open_run(run), 0.5)
    opened = open_run(run)
    ledger.lock(opened, opened.predictions(), rule="f1", name="ward", reason="agreed")
    before = opened.operating_points()
    code, said = command("bring-ledger", "--run", "small")
    assert (code, said.count("2 lines of 127.0.0.1")) == (0, 1)
    assert opened.operating_points() == before
    monkeypatch.delenv("IDC_REVIEWS_URL")
    assert opened.operating_points() == before
    assert [look.threshold for look in ledger.looks(opened)] == [0.5]
    assert seal.differences(run) == []


def test_without_a_server_the_command_says_how_to_name_one(command, file):
    code, said = command("move-reviews")
    assert code == 2
    assert "export IDC_REVIEWS_URL=postgresql://" in said


def test_a_file_that_is_not_there_is_refused_before_the_server_is_asked(
    command, tmp_path, monkeypatch
):
    monkeypatch.setenv("IDC_REVIEWS_URL", "postgresql://a:sesame@127.0.0.1:9/x")
    code, said = command("move-reviews", "--from", tmp_path / "none.sqlite")
    assert code == 2
    assert "none.sqlite: it is not there" in said
    assert "sesame" not in said


def test_a_backup_is_made_and_restored_and_both_say_what_it_holds(
    command, file, copied, tmp_path, monkeypatch
):
    root = copied(tmp_path / "w")
    monkeypatch.setenv("IDC_MODELS", str(root / "models"))
    monkeypatch.setenv("IDC_DATA", str(root / "data"))
    code, said = command("backup", "--out", tmp_path / "b.zip")
    assert code == 0, said
    assert "1 run, 1 store (without pixels)" in said
    assert "1 event, SHA-256" in said
    words = ["--from", tmp_path / "b.zip", "--models", tmp_path / "m", "--data", tmp_path / "d"]
    code, said = command("restore", *words)
    assert code == 0, said
    assert "1 event, SHA-256" in said
    assert "prepare the stores again (tiny)" in said
    assert digests(tmp_path / "d" / "reviews.sqlite") == digests(file)
    code, said = command("restore", *words)
    assert code == 2
    assert "expected an empty folder" in said


@pytest.mark.parametrize(
    "words", [["--models", "m"], ["--data", "d"], ["--models", "m", "--data", "d", "--run", "r"]]
)
def test_a_restore_from_a_backup_wants_both_folders_and_no_run(command, words):
    code, said = command("restore", "--from", "b", *words)
    assert code == 2
    assert "expected --from BACKUP --models FOLDER --data FOLDER" in said


def test_a_restore_to_a_server_wants_one(command, tmp_path):
    words = ["--models", tmp_path / "m", "--data", tmp_path / "d", "--to-server"]
    code, said = command("restore", "--from", tmp_path, *words)
    assert code == 2
    assert "expected the server in IDC_REVIEWS_URL" in said
