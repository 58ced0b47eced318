"""Score, slide: the squares of a picture, how much of its tissue is predicted IDC, in mm² too."""

import cv2
import numpy as np
import pytest

from tests import exact_world
from tests.dashboard.exact import network
from tests.dashboard.exact.reading import holding, markdown, numbers
from tests.worked_off import work_off

ROWS = exact_world.PATIENTS["10254"][1]
"""DDac, DCac, abaB."""
BLANK = (2, 1)
"""Row and column of the square that is made white: a b."""


@pytest.fixture(scope="module")
def picture(exact_root):
    """The slide of 10254 put together from its patches, with a hole."""
    pixels = network.patches(exact_root)
    whole = np.zeros((150, 200, 3), np.uint8)
    for row in range(3):
        for column in range(4):
            patch = pixels["10254", 1001 + 50 * column, 501 + 50 * row]
            square = np.s_[50 * row : 50 * row + 50, 50 * column : 50 * column + 50]
            whole[square] = 255 if (row, column) == BLANK else patch
    return whole


def _scored(app, picture, um):
    said = {"run": exact_world.RUN, "threshold": "0.5"}
    page = app(**said).open("score/slide", **said)
    data = cv2.imencode(".png", picture[..., ::-1])[1].tobytes()
    page.at.file_uploader(key="slide_upload").set_value([("a.png", data, "image/png")]).run()
    page.at.number_input(key="slide_um").set_value(um).run()
    page.at.button(key="slide_go").click().run()
    work_off()
    page.at.run()
    assert not page.failed
    assert "with tissue predicted IDC" in page.text
    return page


@pytest.fixture(scope="module")
def sized_page(app, sized_root, picture):
    """A file of 2.5 µm a pixel, of which the run's patches of 5 µm take two by two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IDC_MODELS", str(sized_root / "models"))
        patch.setenv("IDC_DATA", str(sized_root / "data"))
        yield _scored(app, picture.repeat(2, axis=0).repeat(2, axis=1), 2.5)


def test_the_squares_are_counted_and_measured(sized_page):
    said = holding(markdown(sized_page), "with tissue predicted IDC")
    # D D c and D C c of 11; 6 · 0.25² = 0.375 and 11 · 0.25² = 0.6875 mm²
    assert numbers(said) == ["6", "11", "0.500", "54.5", "0.375", "0.688"]
    words = [each.value for each in sized_page.at.caption]
    scored = numbers(holding(words, "with tissue, scored in"))
    assert scored[:4] == ["4", "3", "250", "11"]
    seconds, speed = (float(each.replace(",", "")) for each in scored[4:6])
    assert 11 / (seconds + 0.06) <= speed < 100_000
    # 100 pixels of the file are 250 µm
    assert numbers(holding(words, "A patch is")) == ["50", "250", "100"]
    assert numbers(holding(words, "its patches have"))[:3] == ["2.5", "5", "5"]


def test_without_a_recorded_size_patches_are_taken_at_four_micrometres(
    app, exact_root, settle, picture
):
    settle(exact_root)
    page = _scored(app, picture, 4.0)
    said = holding(markdown(page), "with tissue predicted IDC")
    # 6 · 0.2² and 11 · 0.2² mm²
    assert numbers(said) == ["6", "11", "0.500", "54.5", "0.24", "0.44"]


def test_the_squares_with_the_highest_scores_come_first_with_the_networks_scores(
    sized_page, exact_root
):
    pixels, scores = network.patches(exact_root), {}
    for row, letters in enumerate(ROWS):
        for column, _ in enumerate(letters):
            if (row, column) != BLANK:
                patch = pixels["10254", 1001 + 50 * column, 501 + 50 * row]
                scores[column, row] = network.score(patch)
    cards = sized_page.panel("prediction_cards")["cards"]
    expected = sorted(scores.values(), reverse=True)
    assert [card["score"] for card in cards] == pytest.approx(expected, abs=1e-5)
    assert sum(card["prediction"] == "predicted IDC" for card in cards) == 6
    column, row = max(scores, key=scores.get)
    said = holding(markdown(sized_page), "Highest score")
    # from 1, a square every 50 pixels
    assert numbers(said) == [
        *(str(1 + 50 * column), str(1 + 50 * row)),
        *(f"{expected[0]:.3f}", "0.500"),
    ]
    assert numbers(holding(markdown(sized_page), "with the highest scores")) == ["11"]
