"""Places for the launcher's own tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that every account may enter (pytest's own are closed)."""
    directory = Path(tempfile.mkdtemp(prefix="bihuan-test-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)
