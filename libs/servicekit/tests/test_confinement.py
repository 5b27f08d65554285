"""Work in a process of its own: its answer, and how it ends without one."""

import sys

import pytest

from servicekit.confinement import EndedError, run

pytestmark = pytest.mark.io
MODULE = """
import sys, os, signal
from servicekit.rlimits import confine

what = sys.argv[1]
confine(1, 1 << 30)
if what == "echo":
    sys.stdout.write(sys.stdin.read())
elif what == "compute":
    while True:
        pass
elif what == "fall":
    os.kill(os.getpid(), signal.SIGSEGV)
else:
    raise LookupError("the secret words of a document")
"""


@pytest.fixture
def confined(tmp_path, monkeypatch):
    """`await confined(what, content)` runs a module that does it."""
    (tmp_path / "confined_work.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", ":".join([str(tmp_path), *filter(None, sys.path)]))

    async def work(what: str, content: bytes | None = None) -> bytes:
        return await run("confined_work", (what,), content, 1)

    return work


async def test_what_it_prints_is_the_answer(confined) -> None:
    assert await confined("echo", "内容".encode()) == "内容".encode()
    assert await confined("echo") == b""


@pytest.mark.parametrize(("what", "how"), [("compute", "too_slow"), ("fall", "fell"), ("raise", "failed")])
async def test_how_it_ended_is_told_apart(confined, what: str, how: str) -> None:
    with pytest.raises(EndedError) as ended:
        await confined(what)

    assert ended.value.how == how


async def test_of_an_exception_only_its_class_is_told(confined) -> None:
    with pytest.raises(EndedError) as ended:
        await confined("raise")

    assert ended.value.exception == "LookupError"
    assert "secret" not in str(ended.value)
