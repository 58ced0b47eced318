"""Where patches lie: nothing where there are none."""

from dashboard.cache import spatial
from idc_core.io.files import read_parquet, write_parquet
from idc_core.runs.run import open_run


def test_a_split_without_patches_has_no_places(own_run):
    file = own_run / "predictions.parquet"
    rows = read_parquet(file)
    assert spatial.places(open_run(own_run), "test") is not None
    write_parquet(file, rows[rows["split"] != "test"])
    assert spatial.places(open_run(own_run), "test") is None
    assert spatial.whole_patients(open_run(own_run), "test") == frozenset()
