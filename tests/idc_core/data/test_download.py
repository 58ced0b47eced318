"""What goes wrong at Kaggle becomes one sentence with a cure; nothing is fetched here."""

import errno
import sys
from types import ModuleType, SimpleNamespace

import kagglehub.exceptions
import pytest
import requests

from idc_core.data.download import DATASET, download
from idc_core.io.refusal import Refusal


@pytest.fixture
def kaggle(monkeypatch):
    """A fake kagglehub; set `answer` to a path or an error."""
    fake = ModuleType("kagglehub")
    fake.answer = ""
    fake.asked = []

    def dataset_download(name):
        fake.asked.append(name)
        if isinstance(fake.answer, BaseException):
            raise fake.answer
        return fake.answer

    fake.dataset_download = dataset_download
    monkeypatch.setitem(sys.modules, "kagglehub", fake)
    return fake


def http_error(status):
    error = requests.HTTPError(f"{status} from Kaggle")
    error.response = SimpleNamespace(status_code=status)
    return error


def caused(error, cause):
    error.__cause__ = cause
    return error


def test_the_public_data_set_is_asked_for(kaggle, tmp_path):
    kaggle.answer = str(tmp_path)
    assert download() == tmp_path
    assert kaggle.asked == [DATASET]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (requests.ConnectionError("Max retries exceeded"), "expected to reach www.kaggle.com"),
        (requests.Timeout("slow"), "expected to reach www.kaggle.com"),
        (caused(RuntimeError("x"), ConnectionRefusedError("no")), "expected to reach www.kaggle"),
        (http_error(401), r"refused \(401\).*kaggle.json"),
        (http_error(403), r"refused \(403\)"),
        (http_error(404), "it is not there"),
        (http_error(429), "it is busy"),
        (http_error(503), "it is busy"),
        (kagglehub.exceptions.UnauthenticatedError(), "no credentials"),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full.*KAGGLEHUB_CACHE"),
        (PermissionError(errno.EACCES, "Permission denied"), "KAGGLEHUB_CACHE"),
        (ValueError("something\nelse"), r"failed \(ValueError: something\)"),
    ],
)
def test_errors_become_advice(kaggle, error, sentence):
    kaggle.answer = error
    with pytest.raises(Refusal, match=sentence) as refused:
        download()
    assert "\n" not in str(refused.value)


def test_an_interrupt_is_not_an_error(kaggle):
    kaggle.answer = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        download()


def test_without_kagglehub_the_way_by_hand_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    with pytest.raises(Refusal, match=r"pip install kagglehub.*prepare THE\.zip"):
        download()
