"""Who sends a request: by the signed cookie of a sign-in, or by the header of a trusted proxy."""

import hashlib
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from dashboard.access.person import Person
from dashboard.access.settings import Access, Oidc, Proxy
from dashboard.state import streamlit_inside
from idc_core.reviews import LONGEST_NAME

SHORT = 24
"""Letters of a subject that stand whole behind a name; longer ones as eight digits of a digest."""


def by_cookie(access: Access, oidc: Oidc, cookies: Mapping[str, str]) -> Person | None:
    """Who signed in, however long ago; None without a cookie that this server signed."""
    found = streamlit_inside.signed_in(cookies)
    if found is None:
        return None
    said, since, mark = found
    subject = said.get("sub")
    if said.get("origin") != origin(oidc.redirect_uri) or not isinstance(subject, str):
        return None
    groups = said.get(oidc.groups_claim)
    return Person(
        subject,
        signed(access, subject, said.get(oidc.name_claim)),
        tuple(map(str, groups)) if isinstance(groups, list) else (),
        since,
        mark,
    )


def by_header(access: Access, proxy: Proxy, headers: Mapping[str, str]) -> Person | None:
    """Whom the proxy names, from now on; None where it names nobody."""
    subject = headers.get(proxy.header.lower(), "").strip()
    if not subject:
        return None
    named = headers.get(proxy.name_header.lower(), "") if proxy.name_header else ""
    groups = headers.get(proxy.groups_header.lower(), "") if proxy.groups_header else ""
    since = time.time()
    return Person(
        subject,
        signed(access, subject, named),
        tuple(each.strip() for each in groups.split(",") if each.strip()),
        since,
        hashlib.sha256(f"{subject} {since}".encode()).hexdigest()[:24],
    )


def signed(access: Access, subject: str, said: object) -> str:
    """What stands beside the verdicts of a subject. What a provider says of a name may be said of
    two people, so the subject stands behind it."""
    if subject in access.names:
        return access.names[subject].strip()[:LONGEST_NAME]
    digest = hashlib.sha256(subject.encode()).hexdigest()[:8]
    short = subject if len(subject) <= SHORT else digest
    name = " ".join(said.split()) if isinstance(said, str) else ""
    if not name or name == subject:
        return subject if len(subject) <= LONGEST_NAME else digest
    return f"{name[: LONGEST_NAME - len(short) - 3]} ({short})"


def origin(address: str) -> str:
    """Scheme and host of an address, as a browser names where a page comes from.

    >>> origin("https://review.example/oauth2callback")
    'https://review.example'
    """
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
