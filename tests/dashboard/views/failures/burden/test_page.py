"""The tab Burden: numbers that follow the threshold, whole slides only."""

import re


def numbers(page):
    return dict(re.findall(r'class="name">([^<]+)</div><div class="value">([^ <]+)', page.html))


def test_the_numbers_follow_the_threshold(full_run, app):
    page = app(threshold="0.3").open("failures/burden")
    low = numbers(page)
    page.move_threshold(0.9)
    assert numbers(page)["Bias, percentage points"] != low["Bias, percentage points"]
    assert not page.failed


def test_few_whole_slides_are_said_to_be_few(full_run, app):
    assert "Only 2 whole slides" in app().open("failures/burden").text


def test_at_nought_every_patch_is_called(full_run, app):
    page = app(threshold="0").open("failures/burden")
    assert numbers(page)["Bias, percentage points"].startswith("+")
    table = next(each.value for each in page.at.dataframe if "label" in each.value)
    assert table["predicted over 60 %"].sum() == 2


def test_an_imported_run_without_whole_slides_says_why_there_is_none(full_run, app, monkeypatch):
    from dashboard.cache import spatial

    monkeypatch.setattr(spatial, "whole_patients", lambda run, split: frozenset())
    page = app().open("failures/burden")
    assert "no patient of this split has a whole slide" in "".join(e.value for e in page.at.info)
