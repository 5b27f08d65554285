"""The grammar of dates, as tables of patterns over plain text (see `numerals.plain`). Every repetition is bounded.

Each form is one named alternative; `mentions` turns a match into points. Longer forms stand before shorter ones.
"""

import re
from typing import Final

W: Final = r" {0,3}"
DASH: Final = rf"{W}(?:-{{1,3}}|至|到){W}"

_CN_YEAR: Final = r"[一二][〇零九][〇零一二三四五六七八九]{2}"
_BLANK_YEAR: Final = r"20[x*_?]{2,4}|20 {2,8}|(?<![0-9x*_])[x*_]{2,8}"
_PRINTED_YEAR: Final = rf"(?<![0-9.])(?P<year>(?:19|20)[0-9]{{2}}|{_CN_YEAR}){W},?{W}年"
_YEAR: Final = rf"{_PRINTED_YEAR}|(?P<blank>{_BLANK_YEAR}){W}年|(?P<near>今|本|当|明|去|次|翌|同)年"
# Some web pages tear "2020年6月" apart with commas.
Y: Final = rf"(?:(?:{_YEAR}){W},?{W})"

_CN_MONTH: Final = r"十[一二]?|[一二三四五六七八九]|元"
_NUMBER: Final = r"[0-9]{1,2}"
MONTH: Final = rf"(?:{_NUMBER}|{_CN_MONTH}|x{{1,2}}|[_*]{{1,8}})"
DAY: Final = rf"(?:{_NUMBER}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九]|x{{1,2}}|[_*]{{1,8}})"
# 6月龄, 月饼, 一月一次 are no months of the calendar; 3号文, 5号楼 no days.
_NO_MONTH: Final = r"(?!龄|嫂|经|亮|饼|租|薪|均|[一两][次报调查])"
_DAY_SIGN: Final = r"(?:日(?!均|常|志|报|前不久)|号(?!文|令|楼|线|院|机|提|公))"
THIRD: Final = r"(?:上中旬|中下旬|上旬|中旬|下旬)"
EDGE: Final = r"(?:底|末|初)"

FORMS: Final[dict[str, str]] = {
    # 2020.6.30, 2020-06-30, 2020/6; without a day only beside something that shows it is a date
    "dotted": (
        rf"(?<![0-9.])(?P<year>(?:19|20)[0-9]{{2}})(?P<sign>[-./])(?P<month>0?[1-9]|1[0-9])"
        rf"(?:(?P=sign)(?P<day>[0-3]?[0-9])(?![0-9.])|(?![0-9.])(?={W}(?:[-至到)]|之?前|底|起|$)))(?P<edge>底)?"
    ),
    "years": (
        rf"(?<![0-9.])(?P<from>(?:19|20)[0-9]{{2}})年?{DASH}(?P<year>(?:19|20)[0-9]{{2}})年(?!度|[0-9])"
        rf"(?P<edge>年?底|年?末)?(?!{W}[0-9]{{1,2}}月)"
    ),
    "months": (
        rf"{Y}?(?<![0-9.])(?P<from>{_NUMBER}|{_CN_MONTH})月?份?{DASH}(?P<month>{_NUMBER}|{_CN_MONTH}){W}月份?(?!{W}[0-9])"
        rf"(?P<edge>{EDGE}|{THIRD})?{_NO_MONTH}"
    ),
    "days": rf"{Y}?(?<![0-9.])(?P<month>{MONTH}){W}月{W}(?P<from>{DAY}){W}日?{DASH}(?P<day>{DAY}){W}{_DAY_SIGN}",
    "day": rf"{Y}?(?<![0-9.])(?P<month>{MONTH}){W}月{W}(?:的{W})?(?P<day>{DAY}){W}{_DAY_SIGN}",
    "quarter": rf"{Y}?第?(?P<quarter>[一二三四1-4]){W}季度(?P<edge>末|底|初)?",
    "half": rf"{Y}?(?P<half>上|下)半年(?P<edge>底|末)?",
    "month": rf"{Y}?(?<![0-9.])(?P<month>{MONTH}){W}月份?(?:的?(?P<edge>{THIRD}|{EDGE}))?{_NO_MONTH}",
    "blank_day": r"(?P<blank>(?:20)?[ _x*]{1,8}年[ _x*]{1,8}月(?:[ _x*]{1,8}日)?)",
    "year": rf"{Y}(?!度|级|版|第)(?P<edge>年?底|年?末|年?初|全年|年?内)?",
    "year_edge": r"(?<![0-9])年(?P<edge>底|末|内)",
    "month_edge": r"(?:本|当|该)?(?<![0-9每次各])月(?P<edge>底|末)",
    "quarter_edge": r"(?:本|当|该)?(?<!每)季度(?P<edge>末|底)",
    "now": r"即日(?=起)",
    "issue": r"(?:本?(?:方案|通知|办法|意见|文件))?(?:印发|发布|公布|下发|发文|施行|实施)之日(?=起)",
    "within": (
        rf"(?P<count>[0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}}){W}个?{W}"
        r"(?P<unit>工作日|自然日|日|天|小时|分钟|周|星期|月|年)之?以?内"
        rf"|(?<=超过)(?:[0-9]{{1,3}}|[一二两三四五六七八九十]{{1,3}}){W}个?工作日"
    ),
    "named": (
        r"(?:农历|阴历|腊月|正月|冬月)[^,。;、]{0,8}?(?=之?以?前)"
        r"|(?:除夕|春节|元旦|元宵节?|清明节?|五一|劳动节|端午节?|中秋节?|国庆节?|重阳节?)(?=(?:假期)?之?以?前)"
        r"|(?:主?汛期|入汛|开学|寒假|暑假|暑期|入冬|供暖季|采暖季|放假)(?=(?:来临|到来|开始)?之?以?前)"
    ),
}


def _unique(form: str, pattern: str) -> str:
    """Group names get the name of their form, because one pattern may hold a name only once."""
    pattern = re.sub(r"\(\?P<(\w+)>", rf"(?P<{form}__\1>", pattern)
    return re.sub(r"\(\?P=(\w+)\)", rf"(?P={form}__\1)", pattern)


# Every form begins with one of these; most characters of a text are then passed over without trying the forms.
_BEGINNING: Final = (
    "[0-9〇零一二三四五六七八九十两元x*_ 今本当该明去次翌同上下第年月季"
    "即印发公施实方通办意文农阴腊正冬除春清五劳端中国重主汛入开寒暑供采放]"
)
ATOM: Final = re.compile(
    f"(?={_BEGINNING})(?:{'|'.join(f'(?P<{form}>{_unique(form, pattern)})' for form, pattern in FORMS.items())})"
)
MAY_HOLD_DATES: Final = re.compile(r"[年月日号内前季]|20[0-9]{2}[-./]")

SEPARATOR: Final = re.compile(rf"(?:\([^()]{{0,4}}\))?{W}(?:起{W},{W}至{W}(?=[^,。;]{{2,12}}止)|起?{DASH})")
# The number of a list item is no part of the date behind it: 1.6月底前.
ITEM_NUMBER: Final = re.compile(r"(?:^|(?<=[;。: ,]))[0-9]{1,2}\.(?=[0-9]{1,2} ?月)")
BARE_DAY: Final = re.compile(rf"(?P<day>{DAY}){W}{_DAY_SIGN}")
UNTIL_NOW: Final = re.compile(r"今|现在|目前|长期")
# 前 also begins other words: 前期, 前述, 前三名, 前来.
LIMIT: Final = re.compile(
    # 9日(周五)前, 9日“护林日”前: what day it is may stand between.
    rf"{W}(?:\([^()0-9]{{1,10}}\)|[“\"][^“”\",。;]{{1,10}}[”\"])?{W}"
    r"(?P<clock>(?:[^,。;起每至]{0,8}?[0-9](?:时|点钟?|:[0-5][0-9])(?:整|半|[0-9]{1,2}分)?|上午|中午|下午|下班时?)?)"
    rf"(?:来临|到来|开始|假期)?{W}(?P<before>之前|以前|前(?!期|述|三|一(?![律并])|来|往|者|列|后|提|景|夕|款|不久|所)|为止)"
)
CLOCK_BEHIND: Final = re.compile(
    rf"{W}(?:上午|下午|中午|晚上)?{W}[0-9]{{1,2}}(?::[0-5][0-9]|时(?!候|间|期|限)|点(?=整|半|前|[,。;]))"
)
SINCE: Final = re.compile(rf"{W}(?:以来|以后|之后|后(?!期|续)|起(?!草|重)|开始)")
UNTIL: Final = re.compile(r"(?:截至|截止到?|最迟|不迟于|不晚于|不得晚于|到|至)[在于]? {0,2}$")
YEARLY: Final = re.compile(r"(?:每年|每一年|逐年)的?(?:度的?)? {0,2}$|(?:每|每一)$")
