"""A world of its own for each test: what is scored is written beside the run."""

import shutil

import pytest

from tests.batch_world import make_batch_world


@pytest.fixture(scope="session")
def drawn(world, tmp_path_factory):
    """Only read it."""
    return make_batch_world(world, tmp_path_factory.mktemp("batch"))


@pytest.fixture
def place(drawn, tmp_path):
    """A copy of the run, with the same slides."""
    shutil.copytree(drawn, tmp_path, dirs_exist_ok=True)
    return tmp_path
