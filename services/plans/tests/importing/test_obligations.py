"""Reporting sentences: who reports what to whom by when."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.schedules import DueDay, Schedule, Within
from plans.importing.dates import Context
from plans.importing.draft import ObligationDraft
from plans.importing.lines import Line
from plans.importing.obligations import obligations_in

PLAN = Context(2022, date(2022, 3, 1), date(2022, 12, 31))


def read(text: str, context: Context = PLAN) -> tuple[ObligationDraft, ...]:
    return obligations_in(tuple(Line(number, part) for number, part in enumerate(text.split("\n"), 1)), context)


def rhythm(obligation: ObligationDraft) -> Schedule:
    """The schedule without its printed words."""
    return obligation.schedule.model_copy(update={"text": None})


def test_one_sentence_may_hold_the_whole_daily_chain() -> None:
    text = "执行零报告制度,各村专班确定报送人员,每天14点前向镇防火办公室报告,镇防火办公室每天15点前向县防火办公室报告信息。"
    village, town = read(text)
    assert (village.reporters, village.recipients) == ("各村专班", ("镇防火办公室",))
    assert (town.reporters, town.recipients) == ("镇防火办公室", ("县防火办公室",))
    assert rhythm(village) == Schedule(every="day", at=time(14))
    assert rhythm(town) == Schedule(every="day", at=time(15))
    assert village.zero_report
    assert town.zero_report


MONTHLY = Schedule(every="month", on=(DueDay(day=25),))


@pytest.mark.parametrize(
    ("words", "schedule"),
    [
        ("每天16:00前", Schedule(every="day", at=time(16))),
        ("每个工作日下午5点前", Schedule(every="working_day", at=time(17))),
        ("每个上学日16:30前", Schedule(every="working_day", at=time(16, 30))),
        ("次日9时前", Schedule(every="day", about="previous", at=time(9))),
        ("每周四", Schedule(every="week", on=(DueDay(weekday=4),))),
        ("每周四17:00前", Schedule(every="week", on=(DueDay(weekday=4),), at=time(17))),
        ("每周日24时前", Schedule(every="week", on=(DueDay(weekday=7),))),
        ("每周一、周四上午10点前", Schedule(every="week", on=(DueDay(weekday=1), DueDay(weekday=4)), at=time(10))),
        ("每周五下班前", Schedule(every="week", on=(DueDay(weekday=5),), at=time(17, 30))),
        ("次周一上午", Schedule(every="week", on=(DueDay(weekday=1),), about="previous", at=time(12))),
        ("每月25日前", MONTHLY),
        ("每月的25号前", MONTHLY),
        ("每月10日和25日前", Schedule(every="month", on=(DueDay(day=10), DueDay(day=25)))),
        ("每月5日、15日、25日前", Schedule(every="month", on=(DueDay(day=5), DueDay(day=15), DueDay(day=25)))),
        ("每月底前", Schedule(every="month", on=(DueDay(day=31),))),
        ("每月最后一个工作日前", Schedule(every="month", on=(DueDay(day=31),), on_holiday="previous_working_day")),
        ("每月第3个工作日前", Schedule(every="month", on=(DueDay(working_day=3),))),
        ("次月5日前", Schedule(every="month", on=(DueDay(day=5),), about="previous")),
        ("每季度首月10日前", Schedule(every="quarter", on=(DueDay(month=1, day=10),), about="previous")),
        ("每季度末", Schedule(every="quarter", on=(DueDay(month=3, day=31),))),
        ("每季度最后一个月25日前", Schedule(every="quarter", on=(DueDay(month=3, day=25),))),
        ("每季度结束后5个工作日内", Schedule(every="quarter", on=(DueDay(month=1, working_day=5),), about="previous")),
        ("每年11月25日前", Schedule(every="year", on=(DueDay(month=11, day=25),))),
        ("每年年底前", Schedule(every="year", on=(DueDay(month=12, day=31),))),
        ("每年6月底、12月底前", Schedule(every="half_year", on=(DueDay(month=6, day=31),))),
        ("6月底和12月底前", Schedule(every="half_year", on=(DueDay(month=6, day=31),))),
        ("7月10日和次年1月10日前", Schedule(every="half_year", on=(DueDay(month=1, day=10),), about="previous")),
        ("每年1月15日、7月15日前", Schedule(every="half_year", on=(DueDay(month=1, day=15),), about="previous")),
        ("每半年", Schedule(every="half_year")),
        ("上半年和下半年各", Schedule(every="half_year")),
        ("每月最后一个工作日", Schedule(every="month", on=(DueDay(day=31),), on_holiday="previous_working_day")),
        ("每月10日前、25日前", Schedule(every="month", on=(DueDay(day=10), DueDay(day=25)))),
        ("每月5日前和20日前", Schedule(every="month", on=(DueDay(day=5), DueDay(day=20)))),
        ("每月15日和月底前", Schedule(every="month", on=(DueDay(day=15), DueDay(day=31)))),
        ("每十天", Schedule(every="month", on=(DueDay(day=10), DueDay(day=20), DueDay(day=31)))),
        ("2022年6月5日前", Schedule(every="dates", dates=(date(2022, 6, 5),))),
        ("6月5日前", Schedule(every="dates", dates=(date(2022, 6, 5),))),
        (
            "12月18日、1月15日、2月26日前",
            Schedule(every="dates", dates=(date(2022, 12, 18), date(2023, 1, 15), date(2023, 2, 26))),
        ),
        ("方案印发后5个工作日内", Schedule(every="event", trigger="plan_issued", within=Within(working_days=5))),
        ("发现问题后24小时内", Schedule(every="event", trigger="discovery", within=Within(hours=24))),
        ("发生火情立即", Schedule(every="event", trigger="fire", within=Within(hours=0))),
    ],
)
def test_every_rhythm_becomes_its_schedule(words: str, schedule: Schedule) -> None:
    (obligation,) = read(
        f"各镇{'要' if words.startswith(('发', '方')) else ''}{words}将工作情况报送县应急局。".replace("各镇要", "各镇:")
    )
    assert rhythm(obligation) == schedule
    assert obligation.recipients == ("县应急局",)


def test_half_year_only_from_a_year_on_stands_beside_the_annual_one() -> None:
    half, annual = read("各镇于每年7月10日(2023年起)和11月25日前将总结报市安委办。")
    assert rhythm(half) == Schedule(every="year", on=(DueDay(month=7, day=10),), effective_from=date(2023, 1, 1))
    assert rhythm(annual) == Schedule(every="year", on=(DueDay(month=11, day=25),))


def test_two_streams_to_one_recipient() -> None:
    information, progress = read("各部门每月25日前报送工作信息,每季度末报送工作进展,统一报县安委办。")
    assert (information.schedule.every, progress.schedule.every) == ("month", "quarter")
    assert information.recipients == progress.recipients == ("县安委办",)
    assert information.reporters == progress.reporters == "各部门"


def test_annual_and_final_reports_may_go_to_different_bodies() -> None:
    annual, final = read("形成年度报告并于每年12月10日前报县教育局,2024年底前形成三年行动工作报告报送市安委办。")
    assert (annual.recipients, rhythm(annual).on) == (("县教育局",), (DueDay(month=12, day=10),))
    assert (final.recipients, rhythm(final).dates) == (("市安委办",), (date(2024, 12, 31),))


def test_a_quarterly_report_is_about_the_quarter_before() -> None:
    (obligation,) = read("各院校要总结成效,于每季度首月10日前向市人社局报送上季度工作动态。")
    assert (obligation.schedule.about, obligation.content) == ("previous", "上季度工作动态")
    assert obligation.schedule.text == "每季度首月10日"


def test_duties_by_role_are_one_each() -> None:
    found = read("坚持负责人日检、科室周检、分管领导月检、领导小组年检的制度。")
    assert [(draft.reporters, draft.schedule.every) for draft in found] == [
        ("负责人", "day"),
        ("科室", "week"),
        ("分管领导", "month"),
        ("领导小组", "year"),
    ]


def test_four_verbs_are_four_rhythms() -> None:
    found = read("建立日检查、周调度、月总结、季报告制度。")
    assert [draft.schedule.every for draft in found] == ["day", "week", "month", "quarter"]


@pytest.mark.parametrize(
    ("text", "reporters", "recipients"),
    [
        ("各村(居)于每月20日前将台账报镇安监站。", "各村(居)", ("镇安监站",)),
        ("市直各部门、各县区每月20日前向市专班报送进展。", "市直各部门、各县区", ("市专班",)),
        ("请各单位每月20日前将名单报送区安委办邮箱。", "各单位", ("区安委办",)),
        ("各镇每月20日前将台账报县整治办,并抄送县纪委监委。", "各镇", ("县整治办", "县纪委监委")),
        ("企业应当每年向县应急局和职工代表大会报告隐患治理情况。", "企业", ("县应急局", "职工代表大会")),
        ("与相邻乡镇建立联防机制,发生火情时,村委会应立即向对方报告。", "村委会", ("相邻乡镇",)),
        ("各学校要加强管理。每月20日前将情况报区教育局备案。", "各学校", ("区教育局",)),
        ("每月20日前,各镇将报表报县统计局。", "各镇", ("县统计局",)),
    ],
)
def test_reporters_and_recipients_are_the_printed_names(text: str, reporters: str, recipients: tuple[str, ...]) -> None:
    (obligation,) = read(text)
    assert (obligation.reporters, obligation.recipients) == (reporters, recipients)


def test_a_rhythm_may_begin_later_than_the_plan() -> None:
    (obligation,) = read("从2022年4月份开始,每月5日前将上月情况报县委办、县政府办。")
    assert rhythm(obligation) == Schedule(every="month", on=(DueDay(day=5),), about="previous", effective_from=date(2022, 4, 1))
    assert obligation.recipients == ("县委办", "县政府办")


def test_behind_a_daily_report_a_time_alone_means_every_day() -> None:
    street, district = read("每日17时前,各街道将核查情况报区指挥部,区指挥部18时前报市指挥部。")
    assert (street.schedule.at, district.schedule.at) == (time(17), time(18))
    assert (district.reporters, district.recipients, district.schedule.every) == ("区指挥部", ("市指挥部",), "day")


def test_months_in_a_row_share_the_end_behind_the_last() -> None:
    (obligation,) = read("各县于2022年5月、8月、11月底前分别向市局报送小结。")
    assert obligation.schedule.dates == (date(2022, 5, 31), date(2022, 8, 31), date(2022, 11, 30))


def test_a_town_passes_on_what_it_gets() -> None:
    first, second = read("每周五前各专班将一周情况报市指挥部办公室,办公室汇总后每周一上午上报省指挥部。")
    assert (first.reporters, second.reporters) == ("各专班", "办公室")
    assert (second.recipients, second.schedule.at) == (("省指挥部",), time(12))


def test_papers_of_a_half_year_and_a_year_are_no_duties() -> None:
    (obligation,) = read("县治超办于每年7月10日前、11月25日前向县政府报送半年总结和全年总结。")
    assert rhythm(obligation) == Schedule(every="year", on=(DueDay(month=7, day=10), DueDay(month=11, day=25)))


def test_attachments_and_content_are_noted() -> None:
    (obligation,) = read("各镇每周四将检查情况和《隐患排查统计表》报县专班,附现场照片、视频。")
    assert obligation.content == "检查情况和《隐患排查统计表》"
    assert {"照片", "视频"} <= set(obligation.attachments)


def test_a_result_is_reported_up_when_it_is_there() -> None:
    (obligation,) = read("整改结果由负责人签字,并报上级主管部门。")
    assert (obligation.schedule.every, obligation.schedule.trigger) == ("event", "rectification")


def test_a_phase_gives_the_year_to_its_reports() -> None:
    (obligation,) = read("(一)制定方案(2021年5月)。各镇于6月5日前将方案报县局。", Context(2020))
    assert obligation.schedule.dates == (date(2021, 6, 5),)


@pytest.mark.parametrize(
    "text",
    [
        "举报电话向社会公布。",
        "加强新闻报道,每月刊发稿件。",
        "及时申报示范单位。",
        "每季度通报各单位工作情况。",
        "形成调研报告。",
        "执行24小时值班和信息报告制度。",
        "接入110报警平台。",
        "各学校每月开展一次应急演练。",
        "报送单位和报送时间另行通知。",
        "每年开展述职报告会。",
        "根据2021年工作报告要求。",
        "设立奖励资金,鼓励群众举报。",
        "方案报县政府批准后实施。",
        "完善火灾监测预报平台。",
        "落实各项制度,提高水平。",
        "对重大隐患挂牌督办。",
    ],
)
def test_these_are_no_obligations(text: str) -> None:
    assert read(text) == ()


@given(text=st.text(alphabet="各镇每天周月季度年日检报告送向将县局办,。、前上下次零《》(14点20", max_size=80))
def test_any_text_is_read_without_failing(text: str) -> None:
    for obligation in read(text):
        assert obligation.text
        assert obligation.span == (1, 1)


def test_whoever_reports_somewhere_reports_there_again_when_no_recipient_is_printed() -> None:
    monthly, final = read("各镇每月5日前将排查情况报县安委办。12月10日前报送工作总结。")
    assert (final.reporters, final.recipients) == ("各镇", ("县安委办",))
    assert final.confidence < monthly.confidence


def test_another_reporter_or_another_item_takes_over_no_recipient() -> None:
    _, other = read("各镇每月5日前将排查情况报县安委办。各学校12月10日前上报工作总结。")
    assert other.recipients == ()
    _, item = read("1.各镇每月5日前将排查情况报县安委办。\n2.各镇12月10日前上报工作总结。")
    assert item.recipients == ()


@pytest.mark.parametrize(
    ("text", "reporters"),
    [
        ("各厂开展自查,整改隐患。每月5日前向镇安监站报送情况。", "各厂"),
        ("(二)检查阶段(5月至6月)。镇渔业站逐船检查,现场交办。每月25日前将情况报县农业农村局。", "镇渔业站"),
        ("(一)自查阶段(3月)。由各船船长自查,3月25日前将自查表报镇渔业站。", "各船船长"),
        ("凡发现违法行为的,由网格员2小时内报告镇执法队。", "网格员"),
        ("如遇险情,船长应立即向海事处报告。", "船长"),
        ("对拒不整改的,由监理单位书面报告区住建局,时限为24小时内。", "监理单位"),
        ("校长每月5日前向区教育局报告。", "校长"),
        ("凡未整改的,由县教育局约谈校长。如有中毒,校医应在10分钟内报告校长。", "校医"),
        ("(三)复查阶段(5月)。县教育局复查,阶段结束后3个工作日内报县政府。", "县教育局"),
        ("园长每周一向区教育局报告。", "园长"),
        ("店长每日打烊后向商场管理处报告。", "店长"),
        ("井长每班向矿调度室报告。", "井长"),
        ("河长每月底前向县河长办报告。", "河长"),
        ("楼长每周入户一次,填写记录,周五前交社区居委会。", "楼长"),
    ],
)
def test_whoever_an_earlier_clause_names_reports_posts_as_well(text: str, reporters: str) -> None:
    assert [each.reporters for each in read(text)] == [reporters]


@pytest.mark.parametrize(
    ("text", "recipients"),
    [
        ("各镇每月5日前报县安监局,同时抄送县消防队。", ("县安监局", "县消防队")),
        ("各镇每月5日前将报表报县安监局,并抄报县安委办。", ("县安监局", "县安委办")),
        ("各镇每季度末将报表报送县安监局并抄报县政府办公室。", ("县安监局", "县政府办公室")),
        ("各镇每月5日前向县安监局报送报表,抄送县消防队。", ("县安监局", "县消防队")),
    ],
)
def test_who_gets_a_copy_stands_behind_the_main_recipient(text: str, recipients: tuple[str, ...]) -> None:
    assert [each.recipients for each in read(text)] == [recipients]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("值班员接警后15分钟内向镇应急站报告。", "15分钟内"),
        ("各镇在排查阶段结束后5个工作日内向县安监局报送小结。", "5个工作日内"),
    ],
)
def test_limits_keep_their_words_and_the_end_of_a_phase_is_no_inspection(text: str, words: str) -> None:
    (found,) = read(text)
    assert (found.schedule.every, found.schedule.text) == ("event", words)
    assert found.schedule.trigger in {"event", "incident", "receipt"}
