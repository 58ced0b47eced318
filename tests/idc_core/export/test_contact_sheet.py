"""The contact sheet says what would be cut, what alarms first, and lets no name become markup."""

import re

import cv2
import numpy as np
import pytest

from idc_core.annotations.labels import Label
from idc_core.cut.jobs import Job
from idc_core.cut.sheet import SQUARE, look_at
from idc_core.export.contact_sheet import contact_sheet
from idc_core.records.cut_slides import Refused
from tests.idc_core.cut.conftest import SIDE, draw_slide, laid_out, settings_of, square

BAD = "<script>alert('1')</script>"


@pytest.fixture
def place(tmp_path):
    return laid_out(tmp_path)


@pytest.fixture
def settings(place):
    return settings_of(place)


def job_of(place, name, **more):
    file, outlines = place / "slides" / f"{name}.tif", place / "outlines" / f"{name}.geojson"
    known = {"slide": name, "patient": name, "file": file, "annotations": outlines}
    return Job(**known | more)


def plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", re.sub('base64,[^"]*', "", page)))


@pytest.fixture
def page(place, settings):
    """Slide a as it is, and b with an outline on glass, of one patient; c was refused."""
    draw_slide(place, "b", [square(6, 0, 8, 6, "Tumor")])
    sheets = [look_at(job_of(place, name, patient="P", site="north"), settings) for name in "ab"]
    return contact_sheet("mine", settings, sheets, [Refused(slide="c", file="c.svs", why="torn.")])


def test_it_counts_squares_slides_and_patients(page):
    said = plain(page)
    assert "2 slides of 1 patient: 18 squares positive, 4 negative, 1 undecided, 60 unknown" in said
    assert "6 positive, 4 negative" in said
    assert "1 undecided, 24 unknown, 1 excluded" in said
    assert "Patches would be 16×16 px side by side, 0.5 µm per pixel (as given)." in said
    assert "c.svs: torn." in said
    assert "P · site north" in said


def test_a_slide_with_an_alarm_comes_first_and_says_it(page):
    first, second = re.findall(r"<article( class=\"alarm\")?>\s*<h2>(.*?)</h2>", page)
    assert first == (' class="alarm"', "b")
    assert second == ("", "a")
    assert "Check: 100 % of the outlined area is glass" in page


def test_names_and_reasons_stay_text_and_nothing_is_fetched(place, settings):
    job = job_of(place, "a", slide=BAD, patient=BAD, site=BAD)
    refused = [Refused(slide=BAD, file=BAD, why=BAD)]
    page = contact_sheet(BAD, settings, [look_at(job, settings)], refused)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 6
    assert not re.search(r'(src|href)="(?!data:image/png;base64,)', page)


def test_squares_that_are_taken_are_filled_in_the_colour_of_their_class(place, settings):
    content = look_at(job_of(place, "a"), settings).picture
    drawn = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert drawn.shape == (96, 128, 3)

    def middle(column, row):
        return tuple(drawn[row * SIDE + SIDE // 2, column * SIDE + SIDE // 2].tolist())

    assert middle(0, 1) == SQUARE[Label.POSITIVE]
    assert middle(3, 0) == SQUARE[Label.NEGATIVE]
    assert middle(5, 5) == (200 - 40 - 5, 105, 160)
