"""Who gets which bytes of a piece of evidence, and what is told when the store no longer has them."""

import base64
import hashlib
from uuid import UUID

import media
import pytest

from hazards.commands.evidence_objects import ChangedError, checked, verify
from hazards.domain.evidence import Content

pytestmark = pytest.mark.io
VILLAGE, TOWN, COUNTY, OTHER_TOWN, OTHER_VILLAGE = "330802101202", "330802101", "330802", "330802102", "330802102201"


def digest_of(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


async def test_a_download_names_and_proves_the_file_and_runs_nowhere(run_files, kept, firewood) -> None:
    files = await run_files(kept)
    photo = media.picture()
    evidence = await files.sent(await files.report(firewood), photo, name='..\\secret/整改"前".jpg')

    answer = await files.fetch(evidence)
    original = await files.fetch(evidence, "?original=true", unit=TOWN, roles=("office",))

    assert (answer.status_code, original.status_code) == (200, 200)
    assert original.content == photo
    assert b"SECRET" not in answer.content
    assert hashlib.sha256(answer.content).hexdigest() == evidence["rendition"]["sha256"]
    for each in (answer, original):
        assert each.headers["content-digest"] == digest_of(each.content)
        assert each.headers["content-length"] == str(len(each.content))
        assert each.headers["content-type"] == "image/jpeg"
        assert each.headers["x-content-type-options"] == "nosniff"
        assert each.headers["content-disposition"] == (
            "attachment; filename=\"evidence.jpg\"; filename*=UTF-8''%E6%95%B4%E6%94%B9%22%E5%89%8D%22.jpg"
        )


@pytest.mark.parametrize(
    ("who", "original"),
    [
        ({"unit": VILLAGE, "roles": ("office",)}, True),
        ({"unit": VILLAGE, "roles": ("supervisor",)}, True),
        ({"unit": TOWN, "roles": ("office",)}, True),
        ({"unit": COUNTY, "roles": ("supervisor", "auditor")}, True),
        ({"unit": VILLAGE, "roles": ("submitter",)}, False),
        ({"unit": COUNTY, "roles": ("auditor",)}, False),
        ({"unit": COUNTY, "roles": ("agency", "submitter")}, False),
        ({"unit": None, "roles": ("admin",)}, False),
        ({"unit": OTHER_TOWN, "roles": ("office",)}, False),  # has a part in the hazard, and stands beside its line
    ],
)
async def test_originals_and_places_are_for_the_offices_of_the_line(files, hazard_id, who, original: bool) -> None:
    await files.kit.pool.execute(
        "INSERT INTO hazard_scope SELECT (jsonb_populate_record(known, jsonb_build_object('ancestor', $1::text))).*"
        " FROM hazard_scope AS known WHERE hazard_id = $2 AND ancestor = $3",
        OTHER_TOWN,
        UUID(hazard_id),
        VILLAGE,
    )
    evidence = await files.sent(hazard_id, media.picture(), place="28.9,118.9", unit=VILLAGE, roles=("submitter",))
    assert (evidence["place"], evidence["file_place"], evidence["subject"]) == (None, None, None)

    [seen] = (await files.service.get(f"/hazards/{hazard_id}/evidence", **who)).json()["items"]

    assert (await files.fetch(evidence, **who)).status_code == 200
    assert (await files.fetch(evidence, "?original=true", **who)).status_code == (200 if original else 403)
    assert all((seen[name] is not None) == original for name in ("place", "file_place", "subject"))


async def test_what_has_nothing_to_strip_is_the_same_for_all(files, hazard_id) -> None:
    evidence = await files.sent(hazard_id, media.PDF, "application/pdf", name="验收表")

    answer = await files.fetch(evidence)

    assert answer.content == media.PDF
    assert answer.headers["content-disposition"].endswith("%E9%AA%8C%E6%94%B6%E8%A1%A8.pdf")


async def test_a_foreign_unit_sees_nothing(files, hazard_id, firewood) -> None:
    evidence = await files.sent(hazard_id, media.picture())
    elsewhere = await files.report(firewood, OTHER_VILLAGE)

    for unit in (OTHER_VILLAGE, OTHER_TOWN, "330803"):
        assert (await files.fetch(evidence, unit=unit, roles=("office",))).status_code == 403
        assert (await files.service.get(f"/hazards/{hazard_id}/evidence", unit=unit)).status_code == 403
    strange = {**evidence, "hazard_id": elsewhere}
    assert (await files.fetch(strange, unit=OTHER_VILLAGE)).status_code == 404
    assert (await files.fetch({**evidence, "evidence_id": UUID(int=7)})).status_code == 404


async def test_pages_follow_each_other(files, hazard_id) -> None:
    sent = [(await files.sent(hazard_id, media.PDF + bytes([n]), "application/pdf"))["evidence_id"] for n in range(5)]

    seen: list[str] = []
    after = ""
    while True:
        page = (await files.service.get(f"/hazards/{hazard_id}/evidence?limit=2{after}", unit=COUNTY)).json()
        seen += [item["evidence_id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == sent


async def test_broken_files_are_not_handed_out_and_are_found(run_files, kept, firewood) -> None:
    files = await run_files(kept)
    hazard_id = await files.report(firewood)
    whole, missing, changed = [await files.sent(hazard_id, media.picture(color=(n, 0, 0))) for n in (1, 2, 3)]
    kept.path(bytes.fromhex(missing["original"]["sha256"])).unlink()
    kept.path(bytes.fromhex(changed["rendition"]["sha256"])).write_bytes(b"something else")

    findings = await verify(files.kit.pool, kept.store)

    assert [(str(each.evidence_id), each.part, each.flaw) for each in findings] == [
        (missing["evidence_id"], "original", "missing"),
        (changed["evidence_id"], "rendition", "changed"),
    ]
    assert {str(each.hazard_id) for each in findings} == {hazard_id}
    assert [each.evidence_id for each in await verify(files.kit.pool, kept.store, after=findings[0].evidence_id)] == [
        findings[1].evidence_id
    ]
    assert len(await verify(files.kit.pool, kept.store, most=1)) == 1
    who = {"unit": TOWN, "roles": ("office",)}
    assert (await files.fetch(whole, "?original=true", **who)).status_code == 200
    assert (await files.fetch(missing, "?original=true", **who)).status_code == 500
    assert (await files.fetch(missing, **who)).status_code == 200
    assert (await files.fetch(changed, **who)).status_code == 500


async def test_a_large_file_that_changed_never_arrives_whole(kept, tmp_path) -> None:
    content = bytes(3_000_000)
    digest = hashlib.sha256(content).digest()
    path = tmp_path / "large"
    path.write_bytes(content)
    await kept.store.put(digest, path)
    kept.path(digest).write_bytes(content[:-1] + b"x")

    got = 0

    async def take() -> None:
        nonlocal got
        async for chunk in checked(kept.store, Content(len(content), digest)):
            got += len(chunk)

    with pytest.raises(ChangedError):
        await take()
    assert 0 < got < len(content)


async def test_a_store_that_is_gone_is_told_as_that(files, hazard_id) -> None:
    evidence = await files.sent(hazard_id, media.picture())
    folder = files.kept.folder
    aside = folder.rename(folder.with_name("aside"))
    folder.write_text("no folder any more")

    answer, sent = await files.fetch(evidence), await files.send(hazard_id, media.picture("PNG"), "image/png")
    [first, *_] = await verify(files.kit.pool, files.kept.store)

    assert [answer.status_code, sent.status_code, first.flaw] == [503, 503, "unreadable"]
    assert "store of files" in answer.json()["detail"]
    folder.unlink()
    aside.rename(folder)
    assert (await files.fetch(evidence)).status_code == 200
