"""A printed name is resolved to one unit or to none."""

import pytest

from plans.domain.names import Names, Near

NAMES = Names(
    [
        Near("C", "青山县", "county"),
        Near("C-yj", "青山县应急管理局", "office"),
        Near("C-zj", "住建局", "office"),
        Near("T1", "白石镇", "town"),
        Near("T2", "东坪镇", "town"),
        Near("V1", "上溪村", "village"),
        Near("V2", "上溪村", "village"),
    ]
)


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("白石镇", "T1"),
        ("白 石镇", "T1"),
        ("白石镇人民政府", "T1"),
        ("白石镇党委、政府", "T1"),
        ("县应急管理局", "C-yj"),
        ("应急管理局", "C-yj"),
        ("青山县住建局", "C-zj"),
    ],
)
def test_a_name_is_found_whole_or_by_an_ending_that_one_unit_has(printed: str, code: str) -> None:
    unit = NAMES.resolve(printed).unit

    assert unit is not None
    assert unit.code == code


@pytest.mark.parametrize(
    ("printed", "candidates"),
    [("上溪村", ["V1", "V2"]), ("各成员单位", []), ("镇", []), ("溪村", ["V1", "V2"]), ("公安局", []), ("政府", [])],
)
def test_what_could_be_several_or_nobody_is_left_to_a_person(printed: str, candidates: list[str]) -> None:
    resolution = NAMES.resolve(printed)

    assert resolution.unit is None
    assert [unit.code for unit in resolution.candidates] == candidates
