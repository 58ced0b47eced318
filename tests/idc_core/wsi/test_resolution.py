"""Both resolutions are said, how far they are apart, and what of them is not known."""

from idc_core.records.raster import Raster
from idc_core.records.run_info import RunInfo
from idc_core.wsi.resolution import Resolution, trained_um


def test_a_difference_is_said_with_both_figures_and_how_much():
    found = Resolution(0.25, None, 2.0, 4.0)
    assert found.differs
    assert found.sentence() == (
        "The file has 0.25 µm per pixel, its patches 2, and the model was trained at 4: tissue "
        "looks 2 times as large as in training."
    )
    assert not Resolution(0.25, None, 4.1, 4.0).differs


def test_what_is_not_known_is_said():
    assert trained_um(RunInfo()) is None
    assert trained_um(RunInfo(raster=Raster(um_per_px=4))) == 4.0
    assert "is not recorded: whether they fit" in Resolution(0.5, None, 4.0, None).sentence()
    assert "does not say its µm per pixel (0.5 as given)" in (
        Resolution(None, 0.5, 4.0, 4.0).sentence()
    )
