"""The Regions page: areas that follow threshold and rule, and what smoothing would change."""

import re


def numbers(page):
    return dict(re.findall(r'class="name">([^<]+)</div><div class="value">([^ <]+)', page.html))


def test_a_low_threshold_finds_every_area(full_run, app):
    page = app(threshold="0").open("regions")
    assert numbers(page)["Tumour areas found"] == "1.00"
    assert numbers(page)["Of them single squares"] == "0"


def test_a_high_threshold_misses_areas_and_lists_them(full_run, app):
    page = app(threshold="1").open("regions")
    assert numbers(page)["Tumour areas found"] == "0.00"
    assert (page.frame("regions_table")["what"] == "missed").all()


def test_more_of_an_area_can_be_asked_for(full_run, app):
    found = []
    for threshold in ("0.5", "0.7", "0.9"):
        page = app(threshold=threshold).open("regions")
        one = float(numbers(page)["Tumour areas found"])
        page.at.segmented_control(key="hit").set_value("half").run()
        found.append((one, float(numbers(page)["Tumour areas found"])))
    assert all(half <= one for one, half in found)
    assert any(half < one for one, half in found)


def test_without_whole_slides_it_says_why_there_are_no_areas(full_run, app, monkeypatch):
    from dashboard import loaders_spatial

    monkeypatch.setattr(loaders_spatial, "whole_patients", lambda run, split: frozenset())
    loaders_spatial._places.clear()
    page = app().open("regions")
    loaders_spatial._places.clear()
    assert "Areas need whole slides" in "".join(each.value for each in page.at.info)


def test_smoothing_is_compared_before_anybody_takes_it(full_run, app):
    page = app(threshold="0.5").open("regions")
    said = page.text
    assert "neighbours" in said
    assert (
        "keeps the scores as they are" in said
        or "leave the scores as they are" in said
        or ("one of them is missing" in said)
    )
