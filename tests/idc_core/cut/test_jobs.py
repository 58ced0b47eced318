"""Slides are found with their outlines, and a table says whose they are."""

import pytest

from idc_core.cut.jobs import Job, jobs
from idc_core.io.refusal import Refusal


@pytest.fixture
def folders(tmp_path):
    """Three slides, one of them DICOM, each with outlines named in another way."""
    slides, outlines = tmp_path / "slides", tmp_path / "outlines"
    for folder in (slides / "deep", slides / "D1", outlines):
        folder.mkdir(parents=True)
    for name in ("A.svs", "deep/b.x.NDPI", "notes.txt", ".hidden.svs", "D1/1.dcm", "D1/2.dcm"):
        (slides / name).write_text("")
    for name in ("a.geojson", "b.x.ndpi.ndpa", "D1.xml", "other.xml"):
        (outlines / name).write_text("")
    return slides, outlines


def test_slides_are_found_by_name_with_the_outlines_that_bear_it(folders):
    slides, outlines = folders
    found = jobs(slides, outlines, um=0.25, exhaustive=True)
    assert [(each.slide, each.file.relative_to(slides).as_posix()) for each in found] == [
        ("A", "A.svs"),
        ("D1", "D1"),
        ("b.x", "deep/b.x.NDPI"),
    ]
    assert [each.annotations.name for each in found] == ["a.geojson", "D1.xml", "b.x.ndpi.ndpa"]
    assert {(each.um, each.exhaustive) for each in found} == {(0.25, True)}
    assert [each.patient for each in found] == ["A", "D1", "b.x"]


def test_a_slide_without_outlines_is_there_without(folders):
    slides, outlines = folders
    (outlines / "D1.xml").unlink()
    assert [each.annotations for each in jobs(slides, outlines)][1] is None


def test_a_table_says_patient_site_scale_and_whether_all_is_outlined(folders, tmp_path):
    slides, outlines = folders
    table = tmp_path / "slides.csv"
    table.write_text(
        "slide;patient;site;um;exhaustive;annotations\n"
        "A;P1;north;0,5;yes;other.xml\nb.x.NDPI;P1;north;;;\n"
    )
    one, other, third = jobs(slides, outlines, table, um=0.25)
    assert one == Job("A", "P1", slides / "A.svs", outlines / "other.xml", "north", 0.5, True)
    assert (other.slide, other.patient, other.um) == ("D1", "D1", 0.25)
    assert (third.patient, third.um, third.exhaustive) == ("P1", 0.25, False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("patient\nP1\n", "of which slide must be there: found patient"),
        ("slide,colour\nA,red\n", "found slide, colour"),
        ("slide,um\nA,wide\n", r"column um of .*: A\.svs has 'wide'"),
        ("slide,exhaustive\nA,perhaps\n", r"expected yes or no .*: A\.svs has 'perhaps'"),
        ("slide,um\nA\n", "expected 2 cells in line 2 of .*: found 1"),
        ("slide\nA\nA\n", "line 3 names 'A' again"),
        ("slide,um\n,1\n", "line 2 names none"),
        ("slide\nZ\nY\n", "'Y' is not there, nor are 1 more"),
        ("slide,annotations\nA,none.xml\n", r"none\.xml is not there"),
        ("", "found nothing"),
    ],
)
def test_a_row_that_will_not_do_is_named(folders, tmp_path, content, said):
    slides, outlines = folders
    table = tmp_path / "slides.csv"
    table.write_text(content)
    with pytest.raises(Refusal, match=said):
        jobs(slides, outlines, table)


def test_two_slides_of_one_name_are_refused_with_both_places(folders):
    slides, outlines = folders
    (slides / "deep" / "A.tif").write_text("")
    with pytest.raises(Refusal, match=r"A\.svs and deep/A\.tif are both called 'A'"):
        jobs(slides, outlines)


def test_two_files_of_outlines_for_a_slide_are_refused_with_both_names(folders):
    slides, outlines = folders
    (outlines / "A.svs.xml").write_text("")
    with pytest.raises(Refusal, match=r"A\.svs\.xml and a\.geojson both bear its name"):
        jobs(slides, outlines)


def test_where_there_is_no_slide_it_is_said(folders, tmp_path):
    slides, outlines = folders
    with pytest.raises(Refusal, match="expected a folder of slides"):
        jobs(tmp_path / "nowhere", outlines)
    with pytest.raises(Refusal, match="there is no file that ends in"):
        jobs(outlines, outlines)
    with pytest.raises(Refusal, match="expected a folder of annotations"):
        jobs(slides, tmp_path / "nowhere")


def test_one_slide_alone_may_be_named(folders):
    slides, outlines = folders
    (found,) = jobs(slides / "A.svs", outlines)
    assert (found.slide, found.annotations.name) == ("A", "a.geojson")
