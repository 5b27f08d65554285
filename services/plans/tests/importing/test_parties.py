"""Who reports: whoever stands at the beginning of a clause, behind 由, or answers in practice."""

import pytest

from plans.importing.dates import Context
from plans.importing.lines import Line
from plans.importing.obligations import obligations_in


@pytest.mark.parametrize(
    ("text", "reporters"),
    [
        ("巡堤情况每日17时前由护堤员上报镇防汛办。", "护堤员"),
        ("各村排查出的险情,每周五前由镇应急办汇总后报县应急局。", "镇应急办"),
        ("站长为第一责任人、安全员为具体责任人,每月5日前向县交通局报送台账。", "安全员"),
        ("(二)第一责任人为园区主任,具体责任人为园区安全科长,每周五前向县应急局报告情况。", "园区安全科长"),
        ("校长为第一责任人、德育主任为具体责任人,每周五前由具体责任人向中心校报告情况。", "德育主任"),
        ("各镇街负总责,镇长为第一责任人,每月5日前向县安委办报送进度。", "各镇街"),
        ("镇长为第一责任人,每月5日前向县安委办报送进度。", "镇长"),
    ],
)
def test_whoever_acts_reports(text: str, reporters: str) -> None:
    [read] = obligations_in([Line(1, text)], Context(2026))

    assert read.reporters == reporters


@pytest.mark.parametrize(
    ("text", "reporters"),
    [
        ("各股室、所要及时小结,12月5日前将小结报局办公室。", "各股室、所"),
        ("各项目经理部应于3月5日前将实施细则上报安全部。", "各项目经理部"),
        (
            "由县教育局、县交通局、县公安局、县卫健局、县市场监管局、县住房和城乡建设局、县水利局等部门牵头形成报告,于6月20日前报县政府。",
            "县教育局",
        ),
        ("各车间、各库房、各摊位开展自查情况请于5月底前报送至安全部。", "各车间、各库房、各摊位"),
        ("汛期(6月1日至9月30日)期间值班员每天17时前将雨情报镇防汛办。", "值班员"),
        ("每个工作日,库管员检查后填写台账,一、二级库房于当天20:00前报安全部。", "库管员"),
        ("险情发生后,船方应立即报告镇海事所。", "船方"),
        ("村里30分钟内报镇防火办。", "村里"),
        ("镇水利站接报后2小时内向县水利局报告。", "镇水利站"),
        ("5月底前各中心校将小结报安全股。", "各中心校"),
        ("暑期实行每周零报告,各中心校每周日20时前报县教育局。", "各中心校"),
    ],
)
def test_subjects_of_many_forms_are_known(text: str, reporters: str) -> None:
    [read] = obligations_in([Line(1, text)], Context(2026))

    assert read.reporters.startswith(reporters)


def test_a_new_subject_without_a_rhythm_reports_in_the_one_before() -> None:
    text = "各小学于9月12日前将自查表交所在乡镇中心学校,县直学校直接报县教育局体卫股。"
    first, second = obligations_in([Line(1, text)], Context(2026))

    assert (second.reporters, second.recipients) == ("县直学校", ("县教育局体卫股",))
    assert first.schedule == second.schedule


def test_whoever_sums_the_reports_up_gets_them() -> None:
    text = "各街道每周五前报送进展,区专班汇总后次周一报区政府。"
    first, second = obligations_in([Line(1, text)], Context(2026))

    assert (first.recipients, second.reporters, second.recipients) == (("区专班",), "区专班", ("区政府",))


def test_a_copy_has_no_subject_and_the_one_before_goes_on() -> None:
    text = "各镇、各成员单位每周四前报送周报至县治欠办,同时抄送县督查室;12月起每日16时前报送当日处置情况。"
    _, daily = obligations_in([Line(1, text)], Context(2026))

    assert (daily.reporters, daily.recipients) == ("各镇、各成员单位", ("县治欠办", "县督查室"))


def test_the_reporter_of_one_sentence_is_not_that_of_the_one_before() -> None:
    text = "各渡口每天17时前将客流报镇应急站。县交通局、县海事处次周一上午11点前报送上周战果。"
    _, weekly = obligations_in([Line(1, text)], Context(2026))

    assert weekly.reporters == "县交通局、县海事处"


def test_whoever_gets_the_daily_reports_passes_them_on_the_same_day() -> None:
    for joint in ",;。":
        text = f"各教学点于每个上学日16时30分前将点名情况报中心校{joint}中心校于当日18时前汇总报送县教育局。"
        first, second = obligations_in([Line(1, text)], Context(2026))

        assert (first.reporters, second.reporters, second.recipients) == ("各教学点", "中心校", ("县教育局",))
        assert (second.schedule.every, str(second.schedule.at)) == ("working_day", "18:00:00")


def test_a_report_of_somebody_else_lends_no_recipients() -> None:
    text = "6月29日前各渡口报书面总结,县海事处7月8日前报县政府。"
    first, second = obligations_in([Line(1, text)], Context(2026))

    assert (first.reporters, first.recipients) == ("各渡口", ())
    assert (second.reporters, second.recipients) == ("县海事处", ("县政府",))


def test_a_weekday_ends_the_name_before_it() -> None:
    text = "队长每个星期天17时前把本队情况告诉村文书,村文书礼拜一上午报镇林业站。"
    _, second = obligations_in([Line(1, text)], Context(2026))

    assert (second.reporters, second.schedule.on[0].weekday) == ("村文书", 1)
