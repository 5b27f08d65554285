"""An import in a process of its own: what it gives is the same, and its bounds hold."""

from pathlib import Path

import pytest

from plans.bounded import Bounds, import_bounded
from plans.importing.drafting import import_document
from plans.importing.refusal import Unreadable
from servicekit.confinement import environment

pytestmark = pytest.mark.io
SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.mark.parametrize("name", ["01-farm-machinery.txt", "04-vocational-schools.docx", "06-bridges.pdf"])
async def test_the_answer_is_that_of_the_import_itself(name: str) -> None:
    content = (SAMPLES / name).read_bytes()

    answer = await import_bounded(content, name, Bounds())

    assert {"plans": answer["plans"], "warnings": answer["warnings"]} == import_document(content, name).model_dump(mode="json")
    assert answer["format"] == Path(name).suffix.removeprefix(".")
    assert len(answer["lines"]) >= answer["plans"][0]["span"][1]


async def code_of(content: bytes, name: str, bounds: Bounds) -> str:
    with pytest.raises(Unreadable) as refused:
        await import_bounded(content, name, bounds)
    return refused.value.code


async def test_a_refusal_keeps_its_code_and_words() -> None:
    with pytest.raises(Unreadable) as refused:
        await import_bounded(b"", "空 白\n.txt", Bounds())

    assert (refused.value.code, refused.value.message) == ("empty", "文件是空的")


async def test_a_file_above_its_bound_starts_no_process() -> None:
    assert await code_of(b"12345", "a.txt", Bounds(file_bytes=4)) == "too_large"


async def test_computing_beyond_the_bound_is_ended() -> None:
    slow = ("一、" + "(一)牵头、月底前" * 60_000).encode()

    assert await code_of(slow, "a.txt", Bounds(seconds=1)) == "too_slow"


async def test_memory_beyond_the_bound_is_refused() -> None:
    content = ("隐患排查整治" * 200_000).encode()

    assert await code_of(content, "a.txt", Bounds(memory_bytes=60 * 1024 * 1024)) in {"too_much_memory", "damaged"}


async def test_a_name_comes_back_whatever_it_holds() -> None:
    for name in ("二、方案 最终版\n(3).txt", "\udcff.txt", "a/b\\c.TXT"):
        assert (await import_bounded("某某方案\n一、任务".encode(), name, Bounds()))["name"] == name


async def test_no_secret_of_the_service_reaches_the_parser() -> None:
    ours = {"PATH": "/usr/bin", "BIHUAN_DATABASE_URL": "postgresql://secret", "BIHUAN_SMS_ACCESS_KEY_SECRET": "secret"}

    assert environment(ours) == {"PATH": "/usr/bin", "PYTHONUTF8": "1"}
