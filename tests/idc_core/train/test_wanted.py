"""What a form asks for, and the command that asks for the same."""

import shlex

import pytest

from idc_core.cli import train as cli
from idc_core.cli.console import app
from idc_core.train.config import TrainConfig
from idc_core.train.wanted import OFFERED, Wanted

WANTED = [
    Wanted(store="tiny", run="mine", network="sepres", recipe="from-scratch", epochs=24),
    Wanted(store="tiny", run="mine", network="sepres", recipe="fine-tune", epochs=8, seed=3),
    Wanted(store="tiny", run="a b", network="cancernet", recipe="from-scratch", epochs=5),
    Wanted(store="t", run="m", network="efficientnet_lite0", recipe="fine-tune", epochs=9),
    Wanted(store="t", run="m", network="efficientnet_lite0", recipe="from-scratch", epochs=24),
]


@pytest.mark.parametrize("wanted", WANTED)
def test_the_command_trains_with_the_very_same_settings(wanted, monkeypatch):
    asked = []

    def train(config, run_folder, folder, **more):
        asked.append((config, run_folder.name, folder.name, more["resume"]))

    monkeypatch.setattr(cli, "train", train)
    monkeypatch.setattr(cli, "needed_store", lambda folder: folder)
    program, script, *words = shlex.split(wanted.command())
    assert (program, script) == ("python", "train_cli.py")
    app(words, standalone_mode=False)
    assert asked == [(wanted.config(), wanted.run, wanted.store, False)]


def test_what_the_command_takes_by_itself_is_left_out():
    assert WANTED[0].command() == "python train_cli.py train --data tiny --run mine"
    assert WANTED[0].config() == TrainConfig()
    assert WANTED[1].command().endswith("--run mine --recipe fine-tune --seed 3")


def test_only_networks_are_offered_that_begin_without_a_download():
    assert [each.name for each in OFFERED] == ["sepres", "cancernet", "efficientnet_lite0"]


def test_a_number_that_will_not_do_is_refused():
    wanted = Wanted(store="t", run="m", network="sepres", recipe="from-scratch", epochs=0)
    with pytest.raises(ValueError, match="epochs must be at least 1: found 0"):
        wanted.config()
