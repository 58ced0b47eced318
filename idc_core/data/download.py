"""Fetching the public data set from Kaggle; what goes wrong on the way becomes advice."""

import errno
import os
from pathlib import Path

from idc_core.io.refusal import Refusal

DATASET = "paultimothymooney/breast-histopathology-images"
"""277,524 patches, CC0 1.0 by its uploader's word; cite Cruz-Roa 2014, Janowczyk 2016."""

_PAGE = f"https://www.kaggle.com/datasets/{DATASET}"
_BY_HAND = f"or fetch the zip from {_PAGE} and run: python train_cli.py prepare THE.zip --name NAME"


def download(dataset: str = DATASET) -> Path:
    """Fetch the data set (or find it in kagglehub's cache) and return its folder.

    Raises `Refusal` with the cure: no kagglehub, no network, no credentials, no disk.
    """
    try:
        import kagglehub
    except ImportError:
        raise Refusal(
            "expected kagglehub for the download: it is not installed. "
            f"Install it (python -m pip install kagglehub), {_BY_HAND}."
        ) from None
    try:
        return Path(kagglehub.dataset_download(dataset))
    except Exception as broken:
        raise Refusal(advice(broken, dataset)) from broken


def advice(broken: BaseException, dataset: str = DATASET) -> str:
    """One sentence for what went wrong: what was expected, what came, the cure.

    kagglehub lets errors of several libraries through, so they are told apart by what they carry:
    the HTTP answer, the system's error number, and the names of their classes.
    """
    chain = list(_chain(broken))
    names = {parent.__name__ for error in chain for parent in type(error).__mro__}
    status = next((code for error in chain if (code := _http_status(error)) is not None), None)
    codes = {error.errno for error in chain if isinstance(error, OSError) and error.errno}
    if codes & {errno.ENOSPC, errno.EDQUOT}:
        folder = os.environ.get("KAGGLEHUB_CACHE", "~/.cache/kagglehub")
        return (
            "expected about 7 GB free for the download: the disk is full. "
            f"Free some, or name another folder in KAGGLEHUB_CACHE (now {folder})."
        )
    if codes & {errno.EACCES, errno.EPERM, errno.EROFS}:
        return (
            f"expected a folder to download into: {broken}. "
            "Name one that can be written in KAGGLEHUB_CACHE."
        )
    if status in {401, 403} or names & {"UnauthenticatedError", "CredentialError"}:
        return (
            f"expected Kaggle to let us in: it refused ({status or 'no credentials'}). "
            "Make a token at https://www.kaggle.com/settings, put it into ~/.kaggle/kaggle.json, "
            f"{_BY_HAND}."
        )
    if status == 404:
        return f"expected the data set {dataset} on Kaggle: it is not there. See {_PAGE}."
    if status == 429 or (status is not None and status >= 500):
        return f"expected Kaggle to answer: it is busy ({status}). Try again later, {_BY_HAND}."
    if names & {"ConnectionError", "Timeout", "TimeoutError", "gaierror", "ProxyError", "SSLError"}:
        return (
            "expected to reach www.kaggle.com: there is no connection. "
            f"Check the network and its proxy, {_BY_HAND}."
        )
    detail = (str(broken).splitlines() or [""])[0][:200]
    return (
        f"expected the data set {dataset} from Kaggle: the download failed "
        f"({type(broken).__name__}: {detail}). Try again, {_BY_HAND}."
    )


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _http_status(error: BaseException) -> int | None:
    status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None
