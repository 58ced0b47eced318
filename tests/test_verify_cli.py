"""`train_cli.py verify`: a line an item; 0 where all fits, 1 on a difference, 2 on bad input."""

import pytest

import train_cli
from idc_core.runs import seal


@pytest.fixture
def verify(copied, tmp_path, monkeypatch, capsys):
    """Runs the command as a shell would; gives the exit code and what was printed."""
    copied(tmp_path)
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))

    def ask(*words):
        monkeypatch.setattr("sys.argv", ["train_cli.py", "verify", *words])
        with pytest.raises(SystemExit) as ended:
            train_cli.main()
        return ended.value.code or 0, capsys.readouterr().err

    ask.root = tmp_path
    return ask


def test_everything_is_checked_without_a_name(verify):
    seal.write(verify.root / "models" / "small")
    code, said = verify()
    assert code == 0
    assert "ok       run small: predictions.parquet" in said
    assert "ok       store tiny: 198 patches and their pixels" in said
    assert all(line.startswith("ok ") for line in said.splitlines())


def test_a_difference_is_exit_one_and_only_what_was_asked_for_is_checked(verify):
    seal.write(verify.root / "models" / "small")
    (verify.root / "models" / "small" / "model.onnx").write_bytes(b"another")
    code, said = verify("--run", "small")
    assert code == 1
    assert "DIFFERS  run small: model.onnx: The network that scores and explains" in said
    assert verify("--data", "tiny")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--run", "nowhere"), "expected a run in"),
        (("--data", "nowhere"), "expected a patch store in"),
        (("--run", "small", "--data", "tiny"), "found both"),
    ],
)
def test_bad_input_is_exit_two(verify, words, said):
    code, told = verify(*words)
    assert code == 2
    assert said in told
    assert "Traceback" not in told
