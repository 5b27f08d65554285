"""Files sent to a hazard over HTTP, on a real database and a real store."""

import asyncio
import hashlib
from typing import Any
from uuid import UUID

import asyncpg
import media
import pytest

pytestmark = pytest.mark.io
VILLAGE, TOWN, COUNTY, OTHER_VILLAGE = "330802101202", "330802101", "330802", "330802102201"


@pytest.fixture
async def small_files(run_files, folder_store):
    """A service that takes small files only."""
    return await run_files(folder_store, evidence_limit_bytes=200_000)


async def test_a_photo_is_kept_with_all_that_is_known_of_it(run_files, kept, firewood) -> None:
    files = await run_files(kept)
    hazard_id = await files.report(firewood)
    photo = media.picture()

    body = await files.sent(
        hazard_id,
        photo,
        name="整改前.JPG",
        taken_at="2026-03-02T12:51:00+08:00",
        place="28.9,118.9",
        unit=TOWN,
        roles=("office",),
    )

    rendition = body["rendition"]
    assert body == {
        "evidence_id": body["evidence_id"],
        "hazard_id": hazard_id,
        "kind": "before",
        "name": "整改前.JPG",
        "media_type": "image/jpeg",
        "original": {"size": len(photo), "sha256": hashlib.sha256(photo).hexdigest()},
        "rendition": rendition,
        "width": 64,
        "height": 48,
        "taken_at": "2026-03-02T04:51:00Z",
        "place": {"latitude": 28.9, "longitude": 118.9},
        "file_taken_at": "2026-03-02T04:50:00Z",
        "file_place": body["file_place"],
        "recorded_at": "2026-03-02T05:00:00Z",
        "unit": TOWN,
        "on_behalf_of": None,
        "subject": "tester",
    }
    assert body["file_place"] == pytest.approx({"latitude": media.LATITUDE, "longitude": media.LONGITUDE}, abs=1e-6)
    assert kept.count() == 2
    assert kept.path(hashlib.sha256(photo).digest()).read_bytes() == photo
    assert (await files.service.get(f"/hazards/{hazard_id}/evidence", unit=COUNTY)).json() == {"items": [body], "next": None}


async def test_the_same_file_of_the_same_kind_is_the_same_evidence(files, hazard_id, firewood) -> None:
    photo = media.picture()
    first = await files.sent(hazard_id, photo)

    again = await files.send(hazard_id, photo, name="other.jpg")
    after = await files.sent(hazard_id, photo, kind="after")
    elsewhere = await files.sent(await files.report(firewood), photo)

    assert (again.status_code, again.json()) == (200, first)
    assert len({first["evidence_id"], after["evidence_id"], elsewhere["evidence_id"]}) == 3
    assert files.kept.count() == 2


async def test_sending_a_file_again_mends_it(files, hazard_id) -> None:
    photo = media.picture()
    evidence = await files.sent(hazard_id, photo)
    path = files.kept.path(hashlib.sha256(photo).digest())
    path.unlink()

    assert (await files.send(hazard_id, photo)).status_code == 200

    assert path.read_bytes() == photo
    assert (await files.fetch(evidence, "?original=true", unit=TOWN, roles=("office",))).content == photo


async def test_of_many_who_send_one_file_at_once_one_adds_it(files, hazard_id) -> None:
    photo = media.picture()

    answers = await asyncio.gather(*(files.send(hazard_id, photo) for _ in range(6)))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["evidence_id"] for answer in answers}) == 1
    assert await files.rows("evidence") == 1


async def test_a_town_sends_for_its_village_and_not_for_a_foreign_one(files, hazard_id) -> None:
    body = await files.sent(hazard_id, media.picture(), unit=TOWN)
    assert (body["unit"], body["on_behalf_of"]) == (TOWN, None)

    path = f"/hazards/{hazard_id}/evidence?kind=after&unit="
    options = {"content": media.picture(), "headers": {"Content-Type": "image/jpeg"}, "unit": TOWN}
    behalf = await files.service.call("POST", path + VILLAGE, **options)
    foreign = await files.service.call("POST", path + OTHER_VILLAGE, **options)
    unknown = await files.service.call("POST", path + "999", **options)

    assert (behalf.json()["unit"], behalf.json()["on_behalf_of"]) == (TOWN, VILLAGE)
    assert [answer.status_code for answer in (foreign, unknown)] == [403, 404]


@pytest.mark.parametrize(
    ("content", "media_type", "rendition"),
    [
        (media.picture("PNG"), "image/png", True),
        (media.picture("WEBP"), "image/webp; charset=binary", True),
        (media.video(), "video/mp4", True),
        (media.PDF, "Application/PDF", False),
        (media.document(), media.WORD, False),
        (media.document(media.SHEET), media.SHEET, False),
    ],
)
async def test_every_allowed_type_is_taken(files, hazard_id, content: bytes, media_type: str, rendition: bool) -> None:
    body = await files.sent(hazard_id, content, media_type)

    assert body["media_type"] == media_type.partition(";")[0].lower()
    assert (body["rendition"] is not None) == rendition
    assert files.kept.count() == 1 + rendition


@pytest.mark.parametrize(
    ("content", "given", "status", "field"),
    [
        (b"", {}, 422, "body"),
        (media.picture()[:300], {}, 422, "body"),
        (media.huge(), {"media_type": "image/png"}, 422, "body"),
        (media.video(b"vide", b"camm"), {"media_type": "video/mp4"}, 422, "body"),
        (media.picture(), {"media_type": "image/png"}, 415, "content-type"),
        (media.picture(), {"media_type": "image/gif"}, 415, "content-type"),
        (media.picture(), {"media_type": None}, 415, "content-type"),
        (b"<script>alert(1)</script>", {}, 415, "content-type"),
        (media.document(media.WORD, "word/vbaProject.bin"), {"media_type": media.WORD}, 415, "body"),
        (media.document(media.SHEET), {"media_type": media.WORD}, 415, "body"),
        (media.picture(), {"kind": None}, 422, "kind"),
        (media.picture(), {"kind": "during"}, 422, "kind"),
        (media.picture(), {"taken_at": "2026-03-02T13:00:01+08:00"}, 422, "taken_at"),
        (media.picture(), {"taken_at": "1999-12-31T23:59:59Z"}, 422, "taken_at"),
        (media.picture(), {"taken_at": "2026-03-02T12:00:00"}, 422, "taken_at"),
        (media.picture(), {"place": "91,0"}, 422, "evidence-place"),
        (media.picture(), {"place": "north"}, 422, "evidence-place"),
        (media.picture(), {"name": "\x00"}, 422, "name"),
        (media.picture(), {"roles": ("auditor", "admin")}, 403, None),
        (media.picture(), {"unit": None}, 403, None),
        (media.picture(), {"unit": OTHER_VILLAGE}, 403, None),
        (b"x" * 200_001, {}, 413, None),
    ],
)
async def test_a_refused_file_changes_nothing(
    small_files, firewood, content: bytes, given: dict[str, Any], status: int, field: str | None
) -> None:
    files = small_files
    hazard_id = await files.report(firewood)
    before = await files.service.content()

    answer = await files.send(hazard_id, content, **given)

    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert [error["field"] for error in problem["errors"]] == ([] if field is None else [field])
    assert problem["detail"]
    assert await files.service.content() == before
    assert not files.kept.folder.exists()


async def test_a_type_that_the_settings_leave_out_is_refused(run_files, folder_store, firewood) -> None:
    files = await run_files(folder_store, evidence_types=("image/png",))
    hazard_id = await files.report(firewood)

    answer = await files.send(hazard_id, media.picture())

    assert (answer.status_code, "send one of image/png" in answer.json()["detail"]) == (415, True)


async def test_an_unknown_hazard_has_no_evidence(files) -> None:
    assert (await files.send(UUID(int=7), media.picture())).status_code == 404
    assert (await files.send("h1", media.picture())).status_code == 422
    assert (await files.service.get(f"/hazards/{UUID(int=7)}/evidence", unit=COUNTY)).status_code == 404


@pytest.mark.parametrize("state", ["closed", "dismissed"])
async def test_a_hazard_that_has_ended_takes_no_more(files, hazard_id, state: str) -> None:
    kept = await files.sent(hazard_id, media.picture())
    await files.kit.pool.execute("UPDATE hazard SET state = $2 WHERE hazard_id = $1", UUID(hazard_id), state)

    answer = await files.send(hazard_id, media.picture(), kind="after")
    found_again = await files.send(hazard_id, media.picture(), kind="other", unit=TOWN, roles=("supervisor",))

    assert found_again.status_code == 201, "whoever looks back brings what it found"
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "state")
    assert (await files.fetch(kept)).status_code == 200


async def test_no_room_for_a_file_is_told_as_that(run_files, folder_store, firewood, tmp_path) -> None:
    files = await run_files(folder_store, evidence_scratch=tmp_path / "absent")

    answer = await files.send(await files.report(firewood), media.picture())

    assert (answer.status_code, "store of files" in answer.json()["detail"]) == (503, True)


async def test_too_many_at_once_are_asked_to_come_again(run_files, folder_store, firewood) -> None:
    files = await run_files(folder_store, evidence_parallel=1, evidence_wait_seconds=0.05)
    hazard_id = await files.report(firewood)

    answers = await asyncio.gather(*(files.send(hazard_id, media.picture(color=(n, n, n))) for n in range(4)))

    assert {answer.status_code for answer in answers} == {201, 503}
    assert await files.rows("evidence") == sum(answer.status_code == 201 for answer in answers)


@pytest.mark.parametrize("statement", ["UPDATE evidence SET kind = 'after'", "DELETE FROM evidence", "TRUNCATE evidence CASCADE"])
async def test_evidence_is_never_changed(files, hazard_id, statement: str) -> None:
    await files.sent(hazard_id, media.picture())

    with pytest.raises(asyncpg.RaiseError, match="never"):
        await files.kit.pool.execute(statement)
