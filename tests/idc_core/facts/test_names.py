"""A patient in the name of a file is a hash where ids are hashed, whatever signs the id has."""

import pytest

from idc_core.facts.names import SWITCH, mark, slide_file, told


@pytest.mark.parametrize("patient", ["8863", "demo-01", "Müller.7", "病人1", "a(1)"])
def test_a_patient_in_a_file_name_is_hashed_whole(patient, monkeypatch):
    name = f"idc/0/{patient}_idx5_x1_y51_class0.png"
    assert told(name) == name
    monkeypatch.setenv(SWITCH, "1")
    assert told(name) == f"idc/0/{mark(patient)}_idx5_x1_y51_class0.png"


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("S20-1.svs", f"{mark('S20-1')}.svs"),
        ("in/S20-1.svs", f"{mark('S20-1')}.svs"),
        ("S20-1", mark("S20-1")),
        ("8863_idx5_x1_y51_class0.png", f"{mark('8863')}_idx5_x1_y51_class0.png"),
    ],
)
def test_a_slides_file_keeps_its_ending_alone(file, shown, monkeypatch):
    assert slide_file(file) == file
    monkeypatch.setenv(SWITCH, "1")
    assert slide_file(file) == shown
