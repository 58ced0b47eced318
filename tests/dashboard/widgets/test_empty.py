"""A sentence with a command shows the command ready to copy."""

import pytest
from streamlit.testing.v1 import AppTest


def shown(sentence):
    return AppTest.from_string(
        f"from dashboard.widgets import empty\nempty.show({sentence!r})"
    ).run(timeout=30)


@pytest.mark.parametrize(
    ("sentence", "command"),
    [
        ("None yet. Make it: python train_cli.py evaluate --run a.", "evaluate --run a"),
        ("x: python train_cli.py prepare SOURCE --name a. More.", "prepare SOURCE --name a"),
        ("There are none: python train_cli.py train --run b --resume", "train --run b --resume"),
    ],
)
def test_the_command_of_a_sentence_is_set_apart(sentence, command):
    page = shown(sentence)
    assert [code.value for code in page.code] == [f"python train_cli.py {command}"]


def test_a_sentence_without_a_command_has_none_and_is_shown_literally():
    page = shown("Nothing *here* <b>.")
    assert not page.code
    assert page.markdown[0].value == "Nothing \\*here\\* \\<b\\>\\."
