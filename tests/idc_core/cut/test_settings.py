"""What is the same for all slides of a store."""

from dataclasses import replace

import pytest

from idc_core.io import record


@pytest.mark.parametrize(
    ("side", "codec", "kept"),
    [(64, "jpeg", None), (65, "jpeg", "jpeg"), (65, "png", "png"), (16, "png", None)],
)
def test_patches_above_64_px_are_compressed_and_the_raster_says_how(settings, side, codec, kept):
    raster = record.replace(settings.raster, patch_px=side, stride_px=side)
    assert replace(settings, raster=raster, codec=codec).kept == record.replace(raster, codec=kept)
