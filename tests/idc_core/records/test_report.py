"""The figures of a run as they lie on disk."""

import pytest

from idc_core.io.files import read_json, write_json
from idc_core.io.paths import REPOSITORY
from idc_core.io.record import fields
from idc_core.io.refusal import Refusal
from idc_core.records.report import read_report

SHIPPED = REPOSITORY / "models" / "reference" / "report.json"


def test_a_shipped_report_is_read_without_loss():
    said, report = read_json(SHIPPED), read_report(SHIPPED.parent)
    written = fields(report)
    assert said.pop("format") == 1
    assert written["operating_point"] == said.pop("operating_point") | {"by": None}
    assert written["made_from"].items() <= said.pop("made_from").items()
    assert {name: written[name] for name in said} == said


def test_what_is_not_defined_is_unknown_and_not_zero():
    error = read_report(SHIPPED.parent).splits["test"].pooled["ece"]
    assert (error.low, error.high) == (None, None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"threshold": 7}, r"expected threshold in .* to be a number <= 1.0: found '7'"),
        ({"splits": {}}, r"expected the figures of an evaluation in .*: some are missing"),
        ({"splits": {"test": {}}}, r"expected splits.n_patches in .*: it is not there"),
        ({"operating_point": None}, r"expected operating_point in .*: it is not there"),
        ({"operating_point": 3}, r"expected operating_point in .* to be an object: found '3'"),
        ({"format": 2}, r"found format 2, which a newer one wrote. Update the program"),
    ],
)
def test_a_damaged_report_is_refused_with_the_cure(tmp_path, change, sentence):
    write_json(tmp_path / "report.json", read_json(SHIPPED) | change)
    with pytest.raises(Refusal, match=sentence) as refused:
        read_report(tmp_path)
    assert "format" in change or "Make it again: python train_cli.py evaluate" in str(refused.value)


def test_a_report_without_a_figure_that_pages_show_is_refused(tmp_path):
    content = read_json(SHIPPED)
    del content["splits"]["test"]["pooled"]["f1"]
    write_json(tmp_path / "report.json", content)
    with pytest.raises(Refusal, match="some are missing"):
        read_report(tmp_path)
