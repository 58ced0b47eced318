"""What people say of a run, written back without loss."""

from idc_core.io.files import read_json, write_json
from idc_core.io.record import replace
from idc_core.records.notes import Notes, read_notes, write_notes


def test_what_another_program_noted_stays(tmp_path):
    change = {"at": "", "by": "B", "what": "tagged", "where": "elsewhere"}
    write_json(tmp_path / "notes.json", {"stars": 3, "changes": [change]})
    notes = read_notes(tmp_path)
    assert notes.tags == Notes().tags == ()
    write_notes(tmp_path, replace(notes, tags=("ward",)))
    written = read_json(tmp_path / "notes.json")
    assert (written["stars"], written["tags"], written["changes"]) == (3, ["ward"], [change])
