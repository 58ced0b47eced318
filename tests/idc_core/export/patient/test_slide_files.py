"""Files of a slide, named so that the tool they are for finds its slide."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from idc_core.export.patient.slide_files import place_of_file
from idc_core.facts import names

RUN: Any = SimpleNamespace(name="r")


def test_a_slides_file_has_its_name(tmp_path: Path) -> None:
    assert place_of_file(tmp_path, "S1 (2).svs", ".geojson", RUN, overwrite=False) == (
        tmp_path / "S1 (2).svs.geojson"
    )


@pytest.mark.parametrize("slide", ["S1.", "S1 ", "a/b", "../b", "a:b"])
def test_a_name_that_not_every_system_takes_becomes_a_mark(tmp_path: Path, slide: str) -> None:
    file = place_of_file(tmp_path, slide, ".geojson", RUN, overwrite=False)
    assert file == tmp_path / f"{names.mark(slide)}.geojson"
