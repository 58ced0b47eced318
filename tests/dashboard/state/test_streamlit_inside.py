"""The installed Streamlit still has what we take from its inside. A failure here means: read its
release notes, and change dashboard/state/streamlit_inside.py."""

import inspect

import pytest
from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.web.server.starlette import starlette_routes

from dashboard.state import streamlit_inside


class Running:
    """A server's insides, of Streamlit's own parts."""

    def __init__(self):
        self.media_file_mgr = MediaFileManager(MemoryMediaFileStorage("/media"))
        self.uploaded_file_mgr = MemoryUploadedFileManager("/upload")


@pytest.fixture
def running(monkeypatch):
    made = Running()
    monkeypatch.setattr(runtime, "get_instance", lambda: made)
    return made


def test_a_server_has_the_two_managers_that_are_asked():
    for name in ("media_file_mgr", "uploaded_file_mgr"):
        assert isinstance(inspect.getattr_static(runtime.Runtime, name), property)


def test_without_a_server_there_is_none():
    assert streamlit_inside.is_served() is False


def test_bytes_that_are_kept_have_an_address_made_of_their_content(running):
    first = streamlit_inside.keep(b"{}", "application/json", "idc_a")
    assert first.startswith("/media/")
    assert first.endswith(".json")
    assert streamlit_inside.keep(b"{}", "application/json", "idc_b") == first
    assert streamlit_inside.keep(b"[]", "application/json", "idc_a") != first


def test_bytes_of_all_sessions_uploads_are_counted_together(running):
    for session, size in (("one", 3), ("one", 4), ("other", 5)):
        held = UploadedFileRec(f"{session}{size}", "a.png", "image/png", b"x" * size)
        running.uploaded_file_mgr.add_file(session, held)
    assert streamlit_inside.uploaded() == 12


def test_uploads_are_told_by_their_address():
    assert f"/{starlette_routes.BASE_ROUTE_UPLOAD_FILE}/" == streamlit_inside.UPLOAD


def test_the_page_asks_for_its_script_once_and_has_a_head_and_a_body():
    page = streamlit_inside.page()
    for mark in (streamlit_inside.FIRST_SCRIPT, b"</head>", b"</body>"):
        assert page.count(mark) == 1, mark


def test_every_script_that_draws_our_pages_is_there():
    there = {file.name.split(".")[0] for file in streamlit_inside.scripts().glob("*.js")}
    assert [name for name in streamlit_inside.SCRIPTS if name not in there] == []
