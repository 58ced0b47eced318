"""What a table is of changes with everything that changes what it says."""

from idc_core.facts import rate_words
from idc_core.records.raster import USUAL, Raster
from idc_core.threshold_table import identity as module
from idc_core.threshold_table.identity import identity


def test_each_part_changes_it():
    of = [
        identity("a", "test", None, USUAL),
        identity("b", "test", None, USUAL),
        identity("a", "validation", None, USUAL),
        identity("a", "test", "platt", USUAL),
        identity("a", "test", None, Raster(positive="tumour")),
        identity("a", "test", None, Raster(negative="stroma")),
    ]
    assert len(set(of)) == len(of)
    assert identity("a", "test", None, Raster(patch_px=96)) == of[0]


def test_another_wording_changes_it(monkeypatch):
    before = identity("a", "test", None, USUAL)
    monkeypatch.setattr(rate_words, "_whose", lambda patients: f"in {patients} patients")
    module._wording.cache_clear()
    try:
        assert identity("a", "test", None, USUAL) != before
    finally:
        monkeypatch.undo()
        module._wording.cache_clear()
    assert identity("a", "test", None, USUAL) == before
