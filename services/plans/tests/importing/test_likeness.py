"""The same plan again, exactly or nearly."""

from plans.importing.likeness import content_digest, near_duplicates
from plans.importing.lines import Line

BODY = [
    f"({sign})各村第{at}季度排查渡口、山塘和临水道路,逐处登记,限期整改,结果报镇安监站。"
    for at, sign in enumerate("一二三四五六七八")
]


def lines(*texts: str, start: int = 1) -> list[Line]:
    return [Line(number, text) for number, text in enumerate(texts, start=start)]


def test_the_heading_and_blanks_do_not_change_the_digest() -> None:
    one = lines("渡口整治方案", "白政发〔2026〕3号", *BODY)
    other = lines("另一个标题的实施方案", *(text.replace(",", ", ") for text in BODY), start=90)

    assert content_digest(one) == content_digest(other)
    assert content_digest(one) != content_digest(lines("渡口整治方案", *BODY[:-1]))


def test_a_plan_cut_short_is_found_in_the_whole_one() -> None:
    assert near_duplicates([lines(*BODY), lines("完全不同的内容。" * 30), lines(*BODY[:5])])[2][0] == 0


def test_different_plans_are_no_duplicates() -> None:
    other = [
        f"({sign})卫生院第{at}类器械每周高温消毒,护士双人核对签字,留存记录两年备查。" for at, sign in enumerate("一二三四五六")
    ]

    assert near_duplicates([lines(*BODY), lines(*other)]) == {}


def test_very_short_plans_are_not_compared() -> None:
    assert near_duplicates([lines("一、任务"), lines("一、任务")]) == {}
