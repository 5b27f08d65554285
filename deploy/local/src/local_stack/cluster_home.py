"""Where a cluster keeps its data: in the work folder, or in a public place when the server's account cannot reach that."""

import fcntl
import hashlib
import os
import shutil
from pathlib import Path

from local_stack.postgres_binaries import others_may_enter, public_place, require_own
from local_stack.processes import Account


class ClusterHome:
    """The directory of one cluster, owned by the account of the server.

    In a public place every home has a lock that its launcher holds as long as it lives: by it the homes of launchers that
    were killed are found and cleared away.
    """

    def __init__(self, work_dir: Path, account: Account | None) -> None:
        self._account = account
        self._lock: int | None = None
        wanted = work_dir / "cluster"
        if account is None or all(others_may_enter(parent) for parent in wanted.parents):
            self._clusters = None
            self.path = wanted
        else:
            self._clusters = public_place() / "bihuan-clusters"
            self.path = self._clusters / hashlib.sha256(str(work_dir).encode()).hexdigest()[:16]

    def make(self) -> None:
        """Makes an empty directory, whatever was there before. Raises RuntimeError when another launcher uses it."""
        if self._clusters is not None:
            self._clusters.mkdir(mode=0o711, exist_ok=True)
            require_own(self._clusters)
            self._claim()
            _clear_abandoned(self._clusters)
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(self.path, self._account.uid, self._account.gid)

    def remove(self) -> None:
        """Deletes the data."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            _lock_file(self.path).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    def _claim(self) -> None:
        if self._lock is None:
            self._lock = _locked(_lock_file(self.path))
        if self._lock is None:
            raise RuntimeError(f"another launcher uses {self.path}")


def _clear_abandoned(clusters: Path) -> None:
    for file in clusters.glob("*.lock"):
        lock = _locked(file)
        if lock is not None:
            shutil.rmtree(file.with_suffix(""), ignore_errors=True)
            file.unlink(missing_ok=True)
            os.close(lock)


def _lock_file(home: Path) -> Path:
    return home.with_suffix(".lock")


def _locked(file: Path) -> int | None:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
