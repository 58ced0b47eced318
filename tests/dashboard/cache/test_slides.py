"""A slide is put together once a patient."""

from dashboard.cache import runs, slides, stores


def test_a_slide_is_put_together_for_patients_the_store_knows(full_run):
    store = stores.store_of(runs.run("small"))
    slide = slides.slide(store, "10253")
    assert slide.tissue.startswith(b"\xff\xd8")
    assert len(slide.places) == (store.index["patient"] == "10253").sum()
    assert slides.slide(store, "nobody") is None
