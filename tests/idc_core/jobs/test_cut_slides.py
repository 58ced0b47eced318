"""Slides cut as a job: what the contact sheet showed, once, and going on after a kill."""

import pytest

from idc_core.cut.store import put_together
from idc_core.data.stores.store import open_store
from idc_core.jobs import cut_slides
from idc_core.jobs.child import perform
from idc_core.jobs.cut_slides import AskedCut, Place, Wanted, mark_of, read
from idc_core.jobs.kinds import CUT_SLIDES
from tests.cut_world import draw_slides

SIDE = 64


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    draw_slides(tmp_path, SIDE, count=3)
    (tmp_path / "slides" / "S2.tif").write_bytes(b"no slide")
    return tmp_path


def asked(root, queue):
    place = Place(slides=str(root / "slides"))
    wanted = Wanted(
        place=place,
        roles=[["T", "positive"], ["Stroma", "negative"]],
        um=0.5,
        px=SIDE,
        positive="tumour",
        negative="stroma",
    )
    told = AskedCut(store="mine", wanted=wanted, seen=mark_of(place.jobs()))
    return queue.start(CUT_SLIDES.key, "mine", told)


def done(queue, job):
    queue.table.begin(job.id)
    perform(queue.get(job.id), queue.table)
    return queue.get(job.id)


def test_the_store_is_made_and_what_could_not_be_cut_is_listed(root, queue):
    job = done(queue, asked(root, queue))
    assert job.state == "done", job.sentence
    found = read(job)
    assert (found.store, found.patches, found.slides) == ("mine", 30, 2)
    assert [each.slide for each in found.refused] == ["S2"]
    assert not (root / "data" / ".mine.cut").exists()


def test_slides_that_were_changed_since_the_contact_sheet_are_refused(root, queue):
    job = asked(root, queue)
    (root / "slides" / "S1.tif").write_bytes(b"another")
    job = done(queue, job)
    assert job.state == "refused"
    assert "as the contact sheet showed them: they were changed since" in job.sentence
    assert not (root / "data" / "mine").exists()


def test_a_kill_after_the_store_was_put_in_place_is_no_refusal(root, queue, monkeypatch):
    job = asked(root, queue)

    def killed(*words):
        put_together(*words)
        raise KeyboardInterrupt

    monkeypatch.setattr(cut_slides, "put_together", killed)
    with pytest.raises(KeyboardInterrupt):
        done(queue, job)
    before = open_store(root / "data" / "mine").fingerprint
    assert queue.get(job.id).state == "running"
    queue.table.put_back(job.id, "", counts=True)
    job = done(queue, job)
    assert (job.state, read(job).patches) == ("done", 30)
    assert open_store(root / "data" / "mine").fingerprint == before


def test_a_name_that_was_taken_meanwhile_is_refused(root, queue):
    job = asked(root, queue)
    (root / "data" / "mine").mkdir()
    (root / "data" / "mine" / "theirs.txt").touch()
    assert done(queue, job).state == "refused"
    assert (root / "data" / "mine" / "theirs.txt").is_file()
