"""Streamlit looks at every object after each rerun; what stays is taken out of its rounds."""

import gc

from dashboard.cache import freeze_garbage


def test_what_a_page_has_loaded_is_not_looked_at_after_every_rerun(full_run, app):
    gc.unfreeze()
    page = app().open("data", split="train")
    freeze_garbage.freeze.clear()
    page.at.run()
    assert gc.get_freeze_count() > 10_000
    before = gc.get_freeze_count()
    page.at.run()
    assert gc.get_freeze_count() <= before, "once a page, not at every rerun"
