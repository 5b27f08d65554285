"""Deadlines in task sentences, and dates that are none."""

from datetime import date

import pytest

from plans.importing.dates import Context
from plans.importing.deadlines import deadlines_in, without_reports
from plans.importing.draft import DeadlineDraft
from plans.importing.lines import Line
from plans.importing.obligations import obligations_in

PLAN = Context(2021, date(2021, 3, 1), date(2023, 12, 31))


def read(text: str, context: Context = PLAN) -> tuple[DeadlineDraft, ...]:
    return deadlines_in(tuple(Line(number, part) for number, part in enumerate(text.split("\n"), 1)), context)


@pytest.mark.parametrize(
    ("text", "due", "strength"),
    [
        ("2021年6月底前,各镇完成排查。", "2021-06-30", "plain"),
        ("到2022年年底前,重点企业全部建成预控体系。", "2022-12-31", "plain"),
        ("力争在2023年前基本整改完毕。", "2022-12-31", "strive"),
        ("确保2022年底前实现全覆盖。", "2022-12-31", "ensure"),
        ("必须于2021年9月15日前整改到位。", "2021-09-15", "must"),
        ("最迟2021年9月15日前整改到位。", "2021-09-15", "must"),
        ("2021年10月底前,力争消除隐患。", "2021-10-31", "strive"),
        ("到2022年基本消除非法改装。", "2022-12-31", "plain"),
        ("2022年底实现全员培训。", "2022-12-31", "plain"),
        ("2022年年底初步建成平台。", "2022-12-31", "plain"),
        ("5月12日完成登记。", "2021-05-12", "plain"),
        ("8月上旬完成加固。", "2021-08-10", "plain"),
        ("力争9月20日投入使用。", "2021-09-20", "strive"),
        ("确保11月中旬全部通过复核。", "2021-11-20", "ensure"),
        ("水泵须在2022年上半年完成更换。", "2022-06-30", "plain"),
        ("6月17日疏浚到位。", "2021-06-17", "plain"),
        ("确保7月8日全部登记入册。", "2021-07-08", "ensure"),
        ("首次演练应于9月18日“护路日”前完成。", "2021-09-18", "plain"),
        ("9月18日(护路日)前完成首次演练。", "2021-09-18", "plain"),
        ("完成时限:5月底前。", "2021-05-31", "plain"),
        ("整改时限:2021年12月。", "2021-12-31", "plain"),
        ("2022年,达标率实现100%。", "2022-12-31", "plain"),
        ("1.9月底前,完成摸底。", "2021-09-30", "plain"),
        ("年内完成改造50公里。", "2021-12-31", "plain"),
        ("上半年完成排查任务。", "2021-06-30", "plain"),
        ("(县教育局牵头,2021年9月底前完成;县公安局配合)", "2021-09-30", "plain"),
        ("原有隐患确保2021年9月1日前全部清零。", "2021-09-01", "ensure"),
        ("(2021年9月底前完成)", "2021-09-30", "plain"),
        ("2021年底前未完成的,一律挂牌督办。", "2021-12-31", "plain"),
        ("截至2021年12月31日前完成验收。", "2021-12-31", "plain"),
        ("自即日起至4月8日,要督促各站逐一自查。", "2021-04-08", "plain"),
        ("逾期未改的,2021年12月31日前一律关停。", "2021-12-31", "must"),
        ("各园须在6月上旬完成演练。", "2021-06-10", "plain"),
    ],
)
def test_a_deadline_has_a_day_and_a_strength(text: str, due: str, strength: str) -> None:
    (deadline,) = read(text)
    assert (deadline.date, deadline.strength) == (date.fromisoformat(due), strength)
    assert deadline.text in text


def test_a_task_may_have_several() -> None:
    deadlines = read("2021年年底前建成监控,2022年年底前分级建成数据库,2022年年底实现全覆盖培训。")
    assert [deadline.date for deadline in deadlines] == [date(2021, 12, 31), date(2022, 12, 31), date(2022, 12, 31)]


def test_dates_in_a_row_share_the_limit_behind_the_last() -> None:
    deadlines = read("各镇于2021年6月18日、9月15日和12月26日前分别完成三批整改。")
    assert [deadline.date for deadline in deadlines] == [date(2021, 6, 18), date(2021, 9, 15), date(2021, 12, 26)]


def test_a_yearly_one_says_so_and_names_the_first() -> None:
    (deadline,) = read("每年11月底前完成校舍体检。")
    assert (deadline.yearly, deadline.date) == (True, date(2021, 11, 30))


@pytest.mark.parametrize(
    "text",
    ["20xx年6月底前全面停用。", "春节前完成检修。", "春节前集中公布一批案件。", "3个工作日内办结。", "2021年6月31日前完成。"],
)
def test_what_does_not_resolve_is_kept_with_its_words(text: str) -> None:
    (deadline,) = read(text)
    assert deadline.date is None
    assert deadline.confidence < 0.8


def test_a_phase_gives_the_year_to_what_stands_in_it() -> None:
    (deadline,) = read("(三)总结阶段(2022年10月至12月)。各校于12月20日前完成自评。", Context(2020))
    assert deadline.date == date(2022, 12, 20)


@pytest.mark.parametrize(
    "text",
    [
        "根据《2020年底前完成脱贫攻坚任务的意见》要求。",
        "按照某安委〔2020〕12号文件部署。",
        "2019年以来,全县共查处违法行为30起。",
        "2020年,根据上级要求,我局出台方案,顺利完成两个阶段任务。",
        "截至2020年12月底,已累计排查企业100家。",
        "完成2021年建设任务。",
        "2020年起,每年督办整改一批。",
        "2021年组织各学校开展排查。",
        "从2021年3月至2023年12月,分四个阶段进行。",
        "(一)动员部署(2021年9月中旬前)。制定方案。",
        "2000年前建成的住宅小区要重点排查。",
        "每年9至10月开展演练。",
        "成文日期:2021-03-05",
        "2021年3月5日",
        "推进前期工作,吸取前三年教训。",
        "2021年是集中攻坚之年。",
        "利用2021年6月安全生产月开展宣传。",
        "每季度首月10日前报送信息。",
        "落实24小时值班,近3年内未发生事故。",
        "三年行动取得成效。",
        "本办法有效期至2025年12月31日。",
        "自2021年3月1日起实施。",
        "在春节、国庆等重要时段加强检查。",
        "领导小组于2020年12月成立。",
        "对2020年以前形成的旧账逐笔清理。",
        "2021年为“提升年”,着力实现长效。",
        "行动从2021年5月6日开始,至10月15日结束。",
        "值班员遇险情30分钟内报告。",
        "元旦、春节前开展检查。",
        "各站自4月起每周五12:00前巡查。",
        "9月20日举行开工仪式。",
        "6月17日的巡查未到位。",
    ],
)
def test_these_are_no_deadlines(text: str) -> None:
    assert read(text) == ()


def test_the_day_of_a_report_is_no_deadline_unless_work_is_to_be_finished_by_then() -> None:
    text = "各镇4月5日前将名单报县安委办;6月底前完成摸排并将结果报县安委办。5月底前更换全部阀门。"
    lines = [Line(1, text)]

    left = without_reports(deadlines_in(lines, PLAN), obligations_in(lines, PLAN))

    assert [each.text for each in left] == ["6月底前", "5月底前"]


def test_spans_are_lines_of_the_file() -> None:
    lines = (Line(40, "一、任务"), Line(41, "2021年6月底前完成。"))
    assert [deadline.span for deadline in deadlines_in(lines, PLAN)] == [(41, 41)]


def test_a_day_in_brackets_explains_a_named_one_and_is_the_limit() -> None:
    assert [(each.text, str(each.date)) for each in read("汛期前(4月20日前)完成闸门检修。")] == [("4月20日前", "2021-04-20")]
