"""An address is read as PostgreSQL reads it, and never said with its password."""

import pytest

from idc_core.io.postgres.address import address_from_environment, address_of
from idc_core.io.refusal import Refusal


def test_an_address_is_read_in_its_parts():
    found = address_of(
        "postgresql://ada:p%40ss%2F@db.example:5433/reviews?sslmode=require&connect_timeout=2"
    )
    assert dict(found.given) == {
        "host": "db.example",
        "port": "5433",
        "user": "ada",
        "password": "p@ss/",
        "dbname": "reviews",
        "sslmode": "require",
        "connect_timeout": "2",
    }


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://ada:secret@db.example/reviews", "db.example/reviews"),
        ("postgres://db.example:5433/reviews", "db.example:5433/reviews"),
        ("postgresql://ada:secret@[::1]:5433/reviews", "::1:5433/reviews"),
        ("postgresql:///reviews?host=/run/postgresql", "/run/postgresql/reviews"),
        ("postgresql://", "this machine"),
        ("postgresql://ada@db.example", "db.example/ada"),
    ],
)
def test_an_address_is_said_without_user_and_password(url, name):
    found = address_of(url)
    assert str(found) == name
    assert "secret" not in repr(found) + str(found)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ada:secret@db/reviews",
        "db.example/reviews",
        "postgresql://ada:sec#ret@db/reviews",
        "postgresql://ada:sec/ret@db/reviews",
        "postgresql://ada:secret@db:port/reviews",
        "postgresql://ada:secret@[db/reviews",
        "postgresql://ada:secret@db/reviews?sslmode",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(url):
    with pytest.raises(Refusal, match="expected an address like") as refused:
        address_of(url)
    assert "ret" not in str(refused.value).replace("secrets", "")
    assert "db" not in str(refused.value)


def test_two_addresses_are_the_same_if_all_of_them_is():
    one, other = "postgresql://a:b@db/x", "postgresql://a:c@db/x"
    assert address_of(one) == address_of(one)
    assert address_of(one) != address_of(other)


def test_the_environment_names_the_server(monkeypatch):
    monkeypatch.delenv("IDC_REVIEWS_URL", raising=False)
    assert address_from_environment() is None
    monkeypatch.setenv("IDC_REVIEWS_URL", " postgresql://db/x ")
    assert str(address_from_environment()) == "db/x"
