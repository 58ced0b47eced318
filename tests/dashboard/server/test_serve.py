"""Which addresses answer with the page that is told what to draw first."""

import os

import pytest

from dashboard import pages, serve
from dashboard.access import passport
from dashboard.server.entry import Entry
from dashboard.server.first_paint import WARM
from dashboard.state.reach import Reach
from dashboard.state.slide_address import FIELD, TILE
from idc_core.io.refusal import Refusal
from tests.dashboard.access.worlds import OIDC


def test_every_page_of_the_navigation_has_an_address_of_its_own(monkeypatch):
    monkeypatch.setattr(serve.st, "App", lambda script, **given: given)
    made = serve.make(serve.hosts_of("127.0.0.1"))
    found = {route.path for route in made["routes"]}
    assert found == {
        "/",
        "/first.js",
        "/healthz",
        "/readyz",
        "/metrics",
        TILE,
        FIELD,
        f"/{WARM}",
        *(f"/{page.key}" for page in pages.PAGES),
        *(f"/{old}" for old in pages.MOVED),
        "/guide",
        "/audit",
        "/system",
        "/tour",
    }


@pytest.mark.parametrize(
    ("said", "others"),
    [
        ([], False),
        (["--address", "::1"], False),
        (["--host", "review.clinic.example"], True),
        (["--address", "0.0.0.0", "--open"], True),
    ],
)
def test_pages_know_whether_others_may_reach_the_server(monkeypatch, said, others):
    class Made:
        def run(self, config):
            pass

    monkeypatch.setattr(serve, "make", lambda hosts, access: Made())
    monkeypatch.setattr(serve, "_refuse_taken", lambda address, port: None)
    monkeypatch.setattr(serve.logs, "begin", lambda form: None)
    monkeypatch.setattr(serve, "ENTRY", Entry())
    monkeypatch.setattr(serve, "REACH", Reach())
    monkeypatch.setattr(serve.passport, "ISSUED", passport.Issued())
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    assert Reach().others
    assert serve.main(said) == 0
    assert serve.REACH.others == others
    assert serve.passport.ISSUED.here
    assert os.environ["FORWARDED_ALLOW_IPS"] == ""


def test_with_sign_in_other_machines_may_be_let_in_and_without_it_not(
    monkeypatch, write_access, capsys
):
    class Made:
        def run(self, config):
            pass

    monkeypatch.setattr(serve, "make", lambda hosts, access: Made())
    monkeypatch.setattr(serve, "_refuse_taken", lambda address, port: None)
    monkeypatch.setattr(serve, "ENTRY", Entry())
    monkeypatch.setattr(serve, "REACH", Reach())
    monkeypatch.setattr(serve.passport, "ISSUED", passport.Issued())
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "")
    monkeypatch.delenv("IDC_ACCESS", raising=False)
    assert serve.main(["--address", "0.0.0.0"]) == 2
    assert "nobody has to sign in" in capsys.readouterr().err
    write_access(OIDC)
    assert serve.main(["--address", "0.0.0.0"]) == 0
    assert serve.ENTRY.notice() == ""
    with pytest.raises(Refusal):
        write_access(OIDC.replace('["root"]', "[]"))
    assert serve.main([]) == 2
    assert "first administrator" in capsys.readouterr().err
