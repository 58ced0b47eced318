"""The installed Streamlit still has what we take from its inside. A failure here means: read its
release notes, and change dashboard/state/streamlit_inside.py."""

import inspect
import re
from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
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


def test_all_that_a_session_sends_can_be_taken_in_between_without_a_restart():
    assert callable(WebsocketSessionManager.get_active_session_info)
    source = inspect.getsource(AppSession._handle_scriptrunner_event_on_event_loop)
    assert source.count("self._enqueue_forward_msg(") > 3
    assert "self._event_loop" in inspect.getsource(AppSession)
    assert "self._session_mgr" in inspect.getsource(runtime.Runtime)


def test_an_element_that_acts_each_time_it_is_sent_says_so_and_a_run_says_its_parts():
    message = ForwardMsg()
    message.delta.new_element.has_one_shot_effect = True
    message.metadata.run.fragment_ids[:] = ["part"]
    assert message.metadata.cacheable is False
    assert message.FINISHED_FRAGMENT_RUN_SUCCESSFULLY != message.FINISHED_SUCCESSFULLY


def test_the_browser_keeps_an_element_that_it_has_and_what_is_in_no_part_that_is_redrawn():
    scripts = "".join(file.read_text() for file in streamlit_inside.scripts().glob("index.*.js"))
    assert re.search(r"elementHash===\w&&[^;]*hasOneShotEffect!==!0", scripts)
    assert "isFragmentRun&&(!e.fragmentId||" in scripts


class Counting:
    def __init__(self, send, later):
        self.send, self.later = send, later

    def take(self, message):
        self.send(f"taken {message}")


def test_what_is_put_in_between_is_made_once_and_told_in_the_servers_thread(monkeypatch):
    sent, acts, made = [], [], []

    class Loop:
        call_later = None

        def call_soon_threadsafe(self, act):
            acts.append(act)

    session = SimpleNamespace(_enqueue_forward_msg=sent.append, _event_loop=Loop())
    manager = SimpleNamespace(get_active_session_info=lambda _: SimpleNamespace(session=session))
    server = SimpleNamespace(_session_mgr=manager)
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    context = SimpleNamespace(session_id="one")
    monkeypatch.setattr(streamlit_inside, "get_script_run_ctx", lambda **_: context)
    for _ in range(2):
        streamlit_inside.on_the_wire(Counting, made.append)
    assert made == []
    for act in acts:
        act()
    session._enqueue_forward_msg("a message")
    assert (len(made), made[0] is made[1]) == (2, True)
    assert sent == ["taken a message"]
