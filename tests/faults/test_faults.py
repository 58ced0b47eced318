"""A part of what `python -m tests.faults run` injects at night, in every run of the tests."""

import json
from collections import Counter

import pytest

from tests.faults import __main__ as command
from tests.faults import figures, flips, fuzz, kills, results, stored, worlds
from tests.faults.acts import FORKED
from tests.faults.kills import KILLS
from tests.faults.results import Result

SEED = 1
HERE = 20
"""Kills; other tests of the suite kill the same commands at every write that they do."""
OF_EACH = 3
EXAMPLES = 40


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return worlds.make(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name in ("IDC_DATA", "IDC_MODELS"):
            patch.setenv(name, "")
        yield stored.make(worlds.make(tmp_path_factory.mktemp("stored")))


@pytest.fixture(scope="module")
def place(base, tmp_path_factory):
    return kills.Place(base, tmp_path_factory.mktemp("killed") / "here")


@pytest.mark.slow
@pytest.mark.parametrize("act", KILLS)
def test_a_killed_command_leaves_the_old_or_the_new_and_ends_as_if_never_killed(place, act):
    some = [each for each in kills.drawn(SEED, HERE) if each.act == act]
    assert some
    found = [place.killed(each) for each in some]
    # Of an analysis a temporary file may stay: another process may be writing there.
    fine = {"survived", "left"} if act == "analyse" else {"survived"}
    assert {outcome for outcome, _ in found} <= fine, found


@pytest.mark.slow
def test_what_is_killed_has_imported_all_before_it_begins():
    """Else it would be killed while it imports; what the server cannot import it passes over."""
    told, tell = FORKED.Pipe(duplex=False)
    code = "import sys; tell.send({*sys.modules})"
    process = FORKED.Process(target=exec, args=(code, {"tell": tell}))
    process.start()
    assert {"tests.forked", "tf2onnx.convert", "idc_core.cli", "tests.faults.acts"} <= told.recv()
    process.join()


def test_some_are_killed_here_and_two_hundred_at_night():
    assert len(kills.drawn(SEED, HERE)) == HERE
    assert len(kills.drawn(SEED)) == 200
    assert len({each.key for each in kills.drawn(SEED)}) == 200


@pytest.mark.slow
def test_what_is_damaged_by_a_kill_is_noticed(place, monkeypatch):
    """The check itself: a command that leaves half a store is found out."""
    (kill,) = [each for each in kills.drawn(SEED, 20) if each.act == "prepare"][:1]

    class Torn(kills.Started):
        def ended(self):
            found = super().ended()
            index = next(place._folder.glob("*/data/tiny/index.parquet"))
            index.write_bytes(index.read_bytes()[:-1])
            return found

    place.killed(kill)
    monkeypatch.setattr(kills, "Started", Torn)
    outcome, said = place.killed(kill)
    assert outcome == "lost"
    assert "data/tiny is neither the old nor the new: index.parquet" in said


@pytest.mark.slow
@pytest.mark.parametrize("kind", stored.KINDS, ids=lambda kind: kind.name)
def test_a_flipped_bit_is_refused_or_named_or_changes_nothing(world, kind):
    some = [each for each in flips.drawn(SEED, OF_EACH) if each.kind == kind]
    found = [(outcome, said) for _, outcome, said in flips.all_flipped(world, some)]
    assert not [each for each in found if each[0] in ("silent", "traceback")]


def test_a_flip_that_nobody_notices_is_called_silent(world):
    """The check itself: a file that is read without any digest."""
    file = world / "plain.txt"
    file.write_text("0.25 0.75")
    plain = stored.Kind("plain", "plain.txt", lambda where: (where / "plain.txt").read_bytes())
    ((_, outcome, _),) = flips.all_flipped(world, [flips.Flip(plain, 0, SEED)])
    assert outcome == "silent"
    assert file.read_text() == "0.25 0.75"
    file.unlink()


@pytest.mark.parametrize("inputs", fuzz.INPUTS, ids=lambda inputs: inputs.of)
def test_any_input_is_refused_in_a_sentence_or_read_as_what_it_says(
    inputs, world, monkeypatch, tmp_path
):
    monkeypatch.setenv("IDC_MODELS", str(world / "models"))
    found = Counter()
    fuzz.run(inputs, EXAMPLES, found, SEED)
    assert found["refused"] + found["read"] >= EXAMPLES
    assert found["read"]


def test_an_input_that_raises_anything_else_is_counted_and_shown():
    def broken(value):
        raise KeyError(value)

    inputs = fuzz.Inputs("broken", fuzz._WORDS, broken)
    ((_, found, said),) = fuzz.all_tried([fuzz.Block(inputs, 0, SEED, 5)])
    assert found["traceback"] == 1
    assert said.startswith("KeyError")


def test_twenty_thousand_are_tried_at_night():
    blocks = fuzz.drawn(SEED)
    assert 20_000 <= sum(each.many for each in blocks) <= 20_100
    assert len({fuzz.hash_of(each.key) for each in blocks}) == len(blocks)


@pytest.fixture
def night(tmp_path, monkeypatch):
    """Runs the command with results and a document of its own; gives its exit code."""
    text = f"before\n{figures.BEGINS}\nold\n{figures.ENDS}\nafter\n"
    (tmp_path / "reliability.md").write_text(text)
    monkeypatch.setattr(figures, "DOCUMENT", tmp_path / "reliability.md")
    monkeypatch.setattr(figures, "FILE", tmp_path / "faults.json")
    file = tmp_path / "results.jsonl"

    def run(*words):
        return command.main([*words, "--results", str(file), "--seed", "5"])

    run.file, run.folder = file, tmp_path
    return run


def test_a_run_that_was_stopped_goes_on_and_injects_no_fault_twice(night, monkeypatch):
    injected = []

    def all_killed(base, folder, some):
        for each in some:
            injected.append(each.key)
            yield each, "survived", "at write 1 of 2"

    monkeypatch.setattr(worlds, "make", lambda folder: folder)
    monkeypatch.setattr(kills, "all_killed", all_killed)
    first = kills.drawn(5, 20)[:7]
    for each in first:
        results.append(night.file, Result(each.key, "kills", each.act, {"survived": 1}))
    with night.file.open("a") as file:
        file.write('{"key": "kill 5 cut')  # a kill in the middle of a line
    assert night("run", "--part", "kills", "--share", "0.1") == 0
    assert injected == [each.key for each in kills.drawn(5, 20)[7:]]
    assert len(results.read(night.file)) == 20


def test_the_report_keeps_the_figures_and_shows_them_and_a_loss_exits_with_1(night):
    results.append(night.file, Result("kill 5 cut 0", "kills", "cut", {"survived": 1}))
    results.append(night.file, Result("kill 4 cut 0", "kills", "cut", {"lost": 1}))
    results.append(night.file, Result("fuzz 5 zips 0", "fuzz", "zips", {"refused": 7, "read": 2}))
    assert night("report") == 0
    shown = (night.folder / "reliability.md").read_text()
    assert shown.startswith("before\n")
    assert shown.endswith("after\n")
    assert "| cut | 1 | 1 | 0 | 0 |" in shown
    assert "| zips | 9 | 7 | 2 | 0 |" in shown
    assert "1 of 200 kills" in shown
    kept = json.loads((night.folder / "faults.json").read_text())
    assert kept["parts"]["fuzz"] == {"zips": {"refused": 7, "read": 2}}
    results.append(night.file, Result("flip 5 a 0", "flips", "a", {"silent": 1}))
    assert night("report") == 1
