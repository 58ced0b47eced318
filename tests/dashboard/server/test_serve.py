"""Which addresses answer with the page that is told what to draw first."""

from dashboard import pages, serve
from dashboard.server.first_paint import WARM
from dashboard.state.slide_address import TILE


def test_every_page_of_the_navigation_has_an_address_of_its_own(monkeypatch):
    monkeypatch.setattr(serve.st, "App", lambda script, **given: given)
    made = serve.make(serve.hosts_of("127.0.0.1"))
    found = {route.path for route in made["routes"]}
    assert found == {
        "/",
        "/first.js",
        TILE,
        f"/{WARM}",
        *(f"/{page.key}" for page in pages.PAGES),
        *(f"/{old}" for old in pages.MOVED),
        "/guide",
        "/tour",
    }
