"""A picture says inside, and below where it is a figure, what it was made of."""

import io
import json
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from PIL import Image

from idc_core.facts.pictures import figure_png, png_with_facts, svg_with_facts
from idc_core.facts.record import Facts

FACTS = Facts(run="demo", split="test", threshold=1 / 3, patches=1, patients=1)


def test_a_png_carries_the_facts_and_the_same_pixels():
    pixels = np.random.default_rng(0).integers(0, 255, (9, 7, 3), dtype=np.uint8)
    found = Image.open(io.BytesIO(png_with_facts(cv2.imencode(".png", pixels)[1].tobytes(), FACTS)))
    assert np.array_equal(np.asarray(found)[:, :, ::-1], pixels)
    assert found.text["idc:threshold"] == "0.3333333333333333"
    assert found.text["idc:run"] == "demo"
    assert found.text["idc:use"] == "research use only, not a diagnosis"


def test_other_bytes_are_no_png():
    with pytest.raises(ValueError, match="expected a PNG"):
        png_with_facts(b"GIF89a" + bytes(40), FACTS)


def test_a_figure_stands_between_its_title_and_its_facts():
    pixels = np.full((40, 400, 3), 7, np.uint8)
    found = Image.open(io.BytesIO(figure_png(pixels, FACTS, "Feature maps")))
    drawn = np.asarray(found)
    top = int(np.flatnonzero((drawn[:, 5] == 7).all(axis=1))[0])
    assert np.array_equal(drawn[top : top + 40, :400], pixels)
    assert (drawn[:top] < 200).any(), "the title is written"
    assert (drawn[top + 40 :] < 200).any(), "the facts are written"
    assert found.text["idc:split"] == "test"


def test_a_drawing_grows_by_its_facts_and_stays_xml():
    name = "http://www.w3.org/2000/svg"
    plain = f'<svg xmlns="{name}" viewBox="0 0 640 300" width="640" height="300"><g/></svg>'
    drawn = ElementTree.fromstring(svg_with_facts(plain, FACTS, "<b> & flow"))
    space = "{" + name + "}"
    assert float(drawn.get("viewBox").split()[3]) > 300
    assert drawn.get("height") == drawn.get("viewBox").split()[3]
    assert json.loads(drawn.find(f"{space}metadata").text)["threshold"] == "0.3333333333333333"
    words = [each.text for each in drawn.iter(f"{space}text")]
    assert words[0] == "<b> & flow"
    assert "demo · test · threshold 0.333333 · 1 patch · 1 patient" in words[1]
