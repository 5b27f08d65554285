"""Data lie where the server's account reaches them, and homes of launchers that were killed are cleared away."""

import os
import tempfile
from pathlib import Path

import pytest

from local_stack.cluster_home import ClusterHome
from local_stack.processes import Account

pytestmark = pytest.mark.io

SERVER = Account(os.geteuid(), os.getegid())


@pytest.fixture
def closed(open_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work folder that only its owner may enter; homes outside it go below the test's own directory."""
    monkeypatch.setattr(tempfile, "tempdir", str(open_directory))
    folder = open_directory / "work"
    folder.mkdir(mode=0o700)
    for other in ("killed", "elsewhere"):
        (folder / other).mkdir()
    return folder


def test_data_stay_in_the_work_folder_when_the_account_can_reach_it(open_directory: Path) -> None:
    assert ClusterHome(open_directory, SERVER).path.parent == open_directory
    open_directory.chmod(0o700)
    assert ClusterHome(open_directory, None).path.parent == open_directory


def test_data_of_a_closed_work_folder_lie_in_a_public_place_until_they_are_removed(closed: Path, open_directory: Path) -> None:
    home = ClusterHome(closed, SERVER)
    home.make()
    assert home.path.parent == open_directory / "bihuan-clusters"
    assert home.path.stat().st_mode & 0o777 == 0o700
    (home.path / "data").write_text("old")
    home.make()
    assert list(home.path.iterdir()) == []
    home.remove()
    assert list(home.path.parent.iterdir()) == []


def test_a_home_in_use_is_left_alone(closed: Path) -> None:
    first, second = ClusterHome(closed, SERVER), ClusterHome(closed, SERVER)
    first.make()
    (first.path / "data").write_text("precious")
    with pytest.raises(RuntimeError, match="another launcher"):
        second.make()
    ClusterHome(closed / "elsewhere", SERVER).make()
    assert (first.path / "data").read_text() == "precious"
    first.remove()


def test_a_home_whose_launcher_was_killed_is_cleared_away(closed: Path) -> None:
    killed = ClusterHome(closed / "killed", SERVER)
    killed.make()
    assert killed._lock is not None
    # What the kernel does with the locks of a process that dies.
    os.close(killed._lock)
    assert killed.path.exists()
    ClusterHome(closed, SERVER).make()
    assert not killed.path.exists()


def test_a_public_place_that_others_could_have_written_is_refused(closed: Path, open_directory: Path) -> None:
    (open_directory / "bihuan-clusters").mkdir()
    (open_directory / "bihuan-clusters").chmod(0o777)
    with pytest.raises(RuntimeError, match="remove it"):
        ClusterHome(closed, SERVER).make()
