"""The year that a plan speaks of."""

from datetime import date

from plans.importing.dates import context_of
from plans.importing.lines import Line


def lines(*texts: str) -> tuple[Line, ...]:
    return tuple(Line(number, text) for number, text in enumerate(texts, 1))


def test_the_document_number_comes_before_everything_else() -> None:
    context = context_of(
        lines("关于印发方案的通知", "某安委〔2021〕7号", "2022年1月5日", "从2021年5月至2022年12月,分三个阶段进行。")
    )
    assert context.year == 2021
    assert (context.plan_start, context.plan_end) == (date(2021, 5, 1), date(2022, 12, 31))
    assert context.issued_on == date(2022, 1, 5)


def test_numbers_of_other_documents_say_nothing() -> None:
    context = context_of(lines("根据上级通知(某安委〔2019〕3号)要求,制定本方案。", "二〇二二年三月八日"))
    assert (context.year, context.issued_on) == (2022, date(2022, 3, 8))


def test_a_title_speaks_of_a_year() -> None:
    assert context_of(lines("2023年森林防火专项整治方案", "各村要高度重视。")).year == 2023


def test_otherwise_the_usual_year_counts() -> None:
    assert context_of(lines("2021年完成排查。", "2021年底前整改。", "2019年曾发生事故。", "《2018年规划》")).year == 2021


def test_a_text_without_years_has_none() -> None:
    assert context_of(lines("各村要高度重视。", "6月底前完成。")).year is None
