"""Names of units in printed lists."""

import pytest

from plans.importing.unit_names import is_area_group, is_masked, is_person, is_unit, split_units

LISTS = [
    ("甲县应急局", ["甲县应急局"], False),
    ("县应急局、县水利局", ["县应急局", "县水利局"], False),
    ("县应急局,县水利局;县林业局", ["县应急局", "县水利局", "县林业局"], False),
    ("县应急局 县水利局", ["县应急局", "县水利局"], False),
    ("县应急局和县水利局", ["县应急局", "县水利局"], False),
    ("市住房和城乡建设局、市工业和信息化局与市公安局", ["市住房和城乡建设局", "市工业和信息化局", "市公安局"], False),
    ("发展和改革委员会", ["发展和改革委员会"], False),
    ("市人力资源和社会保障局及各区县", ["市人力资源和社会保障局", "各区县"], False),
    ("农村和社会事务办公室", ["农村和社会事务办公室"], False),
    ("水务和交通部门", ["水务", "交通部门"], False),
    ("水务和应急等部门", ["水务", "应急"], True),
    ("省水利厅、政务和数据局等单位", ["省水利厅", "政务和数据局"], True),
    ("各地级以上市人民政府结合实际", ["各地级以上市人民政府"], False),
    ("住房和城乡建设部门", ["住房和城乡建设部门"], False),
    ("教育局及其所属学校", ["教育局及其所属学校"], False),
    ("各县(市、区)人民政府", ["各县(市、区)人民政府"], False),
    ("各乡镇(街道)和各企业", ["各乡镇(街道)", "各企业"], False),
    ("高等学校、中等职业学校等", ["高等学校", "中等职业学校"], True),
    ("水务局、林业站等部门", ["水务局", "林业站"], True),
    ("水务局、林业站等相关科室", ["水务局", "林业站"], True),
    ("水务局等5个部门和各村", ["水务局", "各村"], True),
    ("水务局、市直有关部门", ["水务局", "市直有关部门"], True),
    ("领导小组成员单位", ["领导小组成员单位"], False),
    ("由县文旅局", ["县文旅局"], False),
    ("经开区管委会、经信局、为民服务中心", ["经开区管委会", "经信局", "为民服务中心"], False),
    ("县应急局、各乡镇,2031年6月底完成", ["县应急局", "各乡镇"], False),
    ("县应急局,长期坚持", ["县应急局"], False),
    ("省能源局〈含煤炭处、电力处〉、省林业局", ["省能源局〈含煤炭处、电力处〉", "省林业局"], False),
    ("省发展改革委、省能源局", ["省发展改革委", "省能源局"], False),
    ("实验室与设施管理科、总务处", ["实验室与设施管理科", "总务处"], False),
    ("场站与设备保障部和安全部", ["场站与设备保障部", "安全部"], False),
    ("各实验室和各教研室", ["各实验室", "各教研室"], False),
    ("调度室和设备管理科", ["调度室", "设备管理科"], False),
    ("文化和旅游局与住房和城乡建设局", ["文化和旅游局", "住房和城乡建设局"], False),
    ("水利局和林业局", ["水利局", "林业局"], False),
    ("东湖供电公司、三号泵站、巡防大队", ["东湖供电公司", "三号泵站", "巡防大队"], False),
]


@pytest.mark.parametrize(("printed", "names", "open_list"), LISTS)
def test_a_list_is_cut_between_names_and_never_inside_one(printed: str, names: list[str], open_list: bool) -> None:
    found = split_units(printed)
    assert list(found.names) == names
    assert found.open_list is open_list


@pytest.mark.parametrize("name", ["县应急局", "安监办", "三号泵站", "东湖供电公司", "各村(社区)", "网格员", "分管副镇长", "妇联"])
def test_units_groups_and_posts_are_told_by_their_ends(name: str) -> None:
    assert is_unit(name)


@pytest.mark.parametrize("name", ["含附属设施", "安全出口", "加强巡查的单位", "即日起", "局"])
def test_other_words_are_no_units(name: str) -> None:
    assert not is_unit(name)


@pytest.mark.parametrize("blank", ["", "___", "×××", "XX", "***", "   ", "某某", "____ "])
def test_blanks_to_be_filled_in_are_known(blank: str) -> None:
    assert is_masked(blank)


def test_a_half_masked_name_is_still_a_name() -> None:
    assert not is_masked("王××")


@pytest.mark.parametrize(
    ("name", "person"), [("李明", True), ("王大伟", True), ("张主任", False), ("水务局", False), ("网格员", False)]
)
def test_persons_are_told_from_posts_and_units(name: str, person: bool) -> None:
    assert is_person(name) is person


@pytest.mark.parametrize(("name", "area"), [("各镇街", True), ("各县(市、区)人民政府", True), ("镇水务站", False)])
def test_groups_of_areas_are_told_from_units(name: str, area: bool) -> None:
    assert is_area_group(name) is area
