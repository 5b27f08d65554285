"""Dates in running text: what is printed, and which days it means."""

from datetime import date, time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.importing.dates import Context, DateMention, dates_in

PLAN = Context(2021, date(2021, 3, 1), date(2023, 12, 31), issued_on=date(2021, 3, 5))


def only(text: str, context: Context = PLAN) -> DateMention:
    """The one date of a text."""
    mentions = dates_in(text, context)
    assert len(mentions) == 1, [mention.text for mention in mentions]
    return mentions[0]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021年6月30日", "2021-06-30", "2021-06-30"),
        ("2021 年 6 月 30 日", "2021-06-30", "2021-06-30"),
        ("\uff12\uff10\uff12\uff11年\uff16月\uff13\uff10日", "2021-06-30", "2021-06-30"),
        ("二〇二一年六月三十日", "2021-06-30", "2021-06-30"),
        ("二○二一年十二月二十一日", "2021-12-21", "2021-12-21"),
        ("二零二一年元月", "2021-01-01", "2021-01-31"),
        ("2021-06-30", "2021-06-30", "2021-06-30"),
        ("2021.6.30", "2021-06-30", "2021-06-30"),
        ("2021/06/30", "2021-06-30", "2021-06-30"),
        ("2021年6月", "2021-06-01", "2021-06-30"),
        ("2021年2月", "2021-02-01", "2021-02-28"),
        ("2021年6月上旬", "2021-06-01", "2021-06-10"),
        ("2021年6月中旬", "2021-06-11", "2021-06-20"),
        ("2021年6月下旬", "2021-06-21", "2021-06-30"),
        ("2021年6月中下旬", "2021-06-11", "2021-06-30"),
        ("2021年2月底", "2021-02-28", "2021-02-28"),
        ("2021年第三季度", "2021-07-01", "2021-09-30"),
        ("2021年三季度末", "2021-09-30", "2021-09-30"),
        ("2021年上半年", "2021-01-01", "2021-06-30"),
        ("2021年下半年", "2021-07-01", "2021-12-31"),
        ("2021年", "2021-01-01", "2021-12-31"),
        ("2021年全年", "2021-01-01", "2021-12-31"),
        ("2021年年底", "2021-12-31", "2021-12-31"),
        ("2021年末", "2021-12-31", "2021-12-31"),
        ("今年9月", "2021-09-01", "2021-09-30"),
        ("明年3月底", "2022-03-31", "2022-03-31"),
        ("2021,年,6月上旬", "2021-06-01", "2021-06-10"),
    ],
)
def test_a_printed_point_covers_its_days(text: str, first: str, last: str) -> None:
    mention = only(text)
    assert (mention.first, mention.last) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021年3月至2023年12月", "2021-03-01", "2023-12-31"),
        ("2021年3月—2023年12月", "2021-03-01", "2023-12-31"),
        ("2021年8月至12月", "2021-08-01", "2021-12-31"),
        ("2021年8-12月", "2021-08-01", "2021-12-31"),
        ("2021年8月~12月底", "2021-08-01", "2021-12-31"),
        ("2021年6月5日至10日", "2021-06-05", "2021-06-10"),
        ("2021年6月5-10日", "2021-06-05", "2021-06-10"),
        ("2021年6月5日–7月10日", "2021-06-05", "2021-07-10"),
        ("2021.6.1-2021.6.30", "2021-06-01", "2021-06-30"),
        ("2021年11月16日——2月20日", "2021-11-16", "2022-02-20"),
        ("2021年10月至次年3月", "2021-10-01", "2022-03-31"),
        ("2021年6月中旬到年底", "2021-06-11", "2021-12-31"),
        ("2021-2023年", "2021-01-01", "2023-12-31"),
        ("2021年至2023年", "2021-01-01", "2023-12-31"),
        ("4月至6月", "2021-04-01", "2021-06-30"),
        ("即日起至2021年7月底", "2021-03-05", "2021-07-31"),
    ],
)
def test_a_range_inherits_what_its_right_side_leaves_out(text: str, first: str, last: str) -> None:
    mention = only(text)
    assert mention.kind == "range"
    assert (mention.first, mention.last) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2021年6月30日前", "2021-06-30"),
        ("2021年6月30日之前", "2021-06-30"),
        ("2021年6月30日(星期三)前", "2021-06-30"),
        ("2022年前", "2021-12-31"),
        ("2022年底前", "2022-12-31"),
        ("2022年年底以前", "2022-12-31"),
        ("2021年9月中旬前", "2021-09-10"),
        ("2021年9月前", "2021-08-31"),
        ("2021年9月底前", "2021-09-30"),
        ("年底前", "2021-12-31"),
        ("6月5日前", "2021-06-05"),
        ("2月底前", "2022-02-28"),
    ],
)
def test_a_named_day_counts_and_a_longer_time_must_not_have_begun(text: str, due: str) -> None:
    mention = only(text)
    assert mention.limit
    assert mention.due == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2021年6月30日14:00前", time(14)),
        ("2021年6月30日14点前", time(14)),
        ("2021年6月30日下午3时前", time(15)),
        ("2021年6月30日下班前", time(17, 30)),
        ("2021年6月30日上午前", time(12)),
        ("2021年6月30日24时前", None),
        ("2021年6月30日前", None),
    ],
)
def test_a_time_of_day_is_the_cutoff(text: str, at: time | None) -> None:
    assert only(text).at == at


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2021年2月30日前", "impossible"),
        ("2021年13月", "impossible"),
        ("20xx年6月30日前", "blank"),
        ("20**年底前", "blank"),
        ("20__年__月__日前", "blank"),
        ("2021年X月X日前", "blank"),
        ("20xx年12月21日-2月20日", "blank"),
        ("国庆节前", "unknown"),
        ("农历腊月二十前", "unknown"),
        ("5个工作日内", "unknown"),
    ],
)
def test_what_does_not_resolve_keeps_its_words_and_says_why(text: str, problem: str) -> None:
    mention = only(text)
    assert mention.text == text
    assert mention.problem == problem
    assert mention.due is None


def test_without_any_year_a_date_stays_yearless() -> None:
    mention = only("6月5日前", Context())
    assert (mention.problem, mention.due) == ("yearless", None)


def test_a_date_without_a_year_takes_the_one_printed_before_it_in_the_line() -> None:
    mentions = dates_in("2022年5月启动,9月底前完成", PLAN)
    assert mentions[1].due == date(2022, 9, 30)


def test_what_comes_every_year_begins_with_the_plan() -> None:
    mention = dates_in("2022年启动,每年11月20日前总结", PLAN)[1]
    assert mention.yearly
    assert mention.due == date(2021, 11, 20)


@pytest.mark.parametrize("text", ["2021年起", "2019年以来", "2021年6月以后"])
def test_a_beginning_is_no_limit(text: str) -> None:
    mention = only(text)
    assert mention.since
    assert not mention.limit


@pytest.mark.parametrize(
    "text",
    [
        "《2021年6月工作方案》",
        "镇安发〔2021〕6号",
        "持续3个月",
        "6月龄婴儿",
        "前期工作",
        "一月一次",
        "24小时值班",
        "11.9消防日",
        "面积2021.5亩",
        "110报警",
        "2021年度考核",
        "第3号文件",
    ],
)
def test_these_are_no_dates(text: str) -> None:
    assert dates_in(text, PLAN) == ()


def test_offsets_point_at_the_printed_words() -> None:
    text = "各单位要于 2021 年 6 月 30 日前完成,9月底前总结"
    for mention in dates_in(text, PLAN):
        assert mention.text in text[mention.start : mention.end]


DAYS = st.dates(date(2019, 1, 1), date(2029, 12, 31))
NUMERALS = "〇一二三四五六七八九"


def in_chinese(value: int) -> str:
    tens, ones = divmod(value, 10)
    return f"{'' if tens < 2 else NUMERALS[tens]}{'十' if tens else ''}{NUMERALS[ones] if ones or not tens else ''}"


FORMS = (
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}年{d.month:02}月{d.day:02}日",
    lambda d: f"{d.year} 年 {d.month} 月 {d.day} 日",
    lambda d: f"{d.year}年{d.month}月{d.day}号",
    lambda d: f"{d.year}-{d.month:02}-{d.day:02}",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日".translate({48 + n: 0xFF10 + n for n in range(10)}),
    lambda d: f"{''.join(NUMERALS[int(n)] for n in str(d.year))}年{in_chinese(d.month)}月{in_chinese(d.day)}日",
)


@given(day=DAYS, form=st.sampled_from(FORMS), before=st.sampled_from(["", "于", "各镇要在", "(", "力争"]))
def test_every_way_of_printing_a_day_gives_that_day(day: date, form, before: str) -> None:  # type: ignore[no-untyped-def]  # a lambda
    mention = only(f"{before}{form(day)}前完成")
    assert (mention.first, mention.last, mention.due) == (day, day, day)


@given(start=DAYS, length=st.integers(0, 300), dash=st.sampled_from(["-", "—", "——", "–", "~", "至", "到", " 至 "]))
def test_both_ends_of_a_range_come_back(start: date, length: int, dash: str) -> None:
    end = date.fromordinal(start.toordinal() + length)
    for right in (f"{end.year}年{end.month}月{end.day}日", f"{end.month}月{end.day}日"):
        mention = only(f"({start.year}年{start.month}月{start.day}日{dash}{right})")
        assert (mention.first, mention.last) == (start, end)


@given(text=st.text(alphabet="2021年6月30日前底至-x_*第一二十季度末旬上中下,。( )《》〔〕每", max_size=60))
def test_any_text_is_read_without_failing_and_in_order(text: str) -> None:
    mentions = dates_in(text, PLAN)
    assert all(before.end <= after.start for before, after in pairwise(mentions))
    for mention in mentions:
        assert mention.first is None or mention.last is None or mention.first <= mention.last or mention.kind == "range"
