"""Score, patches: random ones and uploads, each with its score, and how many are right."""

import cv2
import pytest

from tests.dashboard.exact import network, referee
from tests.dashboard.exact.reading import holding, markdown, numbers


def _judged(letter):
    """What a card says of a letter: the network leans as the letters do."""
    idc, called = letter.isupper(), letter in "cdCD"
    words = {
        (True, True): "Labelled IDC: IDC found (TP)",
        (True, False): "Labelled IDC: missed IDC (FN)",
        (False, True): "Labelled no IDC: false alarm (FP)",
        (False, False): "Labelled no IDC: true negative (TN)",
    }
    return words[idc, called], "predicted IDC" if called else "predicted no IDC"


@pytest.mark.parametrize("draw", [0, 7])
def test_twelve_random_patches_are_scored_and_counted(page_at, exact_root, draw):
    page = page_at("score/patches", 0.5, draw=str(draw))
    cards = page.panel("prediction_cards")["cards"]
    places = []
    for card in cards:
        patient, _, place = card["name"].partition(" · ")
        x, y = place.split("_")
        places.append((patient, int(x[1:]), int(y[1:])))
    letters = [network.letters()[place] for place in places]
    assert len(set(places)) == 12
    assert set(places) <= {(row.patient, row.x, row.y) for row in referee.rows().itertuples()}
    expected = [network.score(network.patches(exact_root)[place]) for place in places]
    assert [card["score"] for card in cards] == pytest.approx(expected, abs=1e-5)
    assert [(card["label"], card["prediction"]) for card in cards] == [*map(_judged, letters)]
    called = sum(each in "cdCD" for each in letters)
    right = sum(each in "CDab" for each in letters)
    said = holding(markdown(page), "patches predicted IDC")
    assert numbers(said)[:5] == [str(called), "12", "0.500", str(right), "12"]
    sampled = holding([each.value for each in page.at.caption], "Random sample")
    assert numbers(sampled) == [str(draw), "40"]


def test_a_higher_threshold_calls_fewer_of_the_same_patches(page_at):
    low, high = (page_at("score/patches", at, draw="7") for at in (0.5, 0.95))
    assert numbers(holding(markdown(low), "patches predicted IDC"))[0] != "0"
    cards = high.panel("prediction_cards")["cards"]
    none = sum("no IDC" in card["label"] for card in cards)
    said = numbers(holding(markdown(high), "patches predicted IDC"))
    # no patch lies above 0.95: those without IDC are right
    assert said[:5] == ["0", "12", "0.950", str(none), "12"]


def test_uploads_with_a_label_in_their_name_are_judged_too(opened, exact_root):
    pixels = network.patches(exact_root)
    page = opened("score/patches", 0.5)
    files = [
        # a D, an A, and a d of which nothing is known
        ("10253_idx5_x1001_y501_class1.png", pixels["10253", 1001, 501]),
        ("10253_idx5_x1151_y651_class1.png", pixels["10253", 1151, 651]),
        ("unknown.png", pixels["10253", 1201, 601]),
    ]
    page.at.get("file_uploader")[0].set_value(
        [
            (name, cv2.imencode(".png", each[..., ::-1])[1].tobytes(), "image/png")
            for name, each in files
        ]
    ).run()
    said = numbers(holding(markdown(page), "patches predicted IDC"))
    assert said[:5] == ["2", "3", "0.500", "1", "2"]
    cards = page.panel("prediction_cards")["cards"]
    expected = [network.score(each) for _, each in files]
    assert [card["score"] for card in cards] == pytest.approx(expected, abs=1e-5)
    assert [card["label"] for card in cards][:2] == [_judged("D")[0], _judged("A")[0]]
