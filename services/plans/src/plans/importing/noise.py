"""What stands in a file beside its plans: web pages' navigation, share buttons and notices, headers repeated on every page.

Noise is dropped before anything is read from the lines; the numbers of the others stay. The tables below are the whole of the
rule: a line is noise when one of them matches all of it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from plans.importing.draft import WarningDraft
from plans.importing.lines import Line
from plans.importing.lost_lines import with_line_ends
from plans.importing.widths import narrow

_DAY: Final = r"(19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}"
_CLOCK: Final = r"(\s*\d{1,2}:\d\d(:\d\d)?)?"

_ABOUT: Final = "((信息|文章)?来源|(发布|更新)?(日期|时间)|(浏览|阅读|点击)(次数|量)?|字体|字号|作者|编辑)"

_NAVIGATION: Final = (
    r"(您?(当前|现在|所在)的?位置|首页|网站首页).{0,3}[:>»/|].{0,80}",
    r"[>»].{0,80}[>»].{0,80}",
    r"首页|网站首页|网站地图|设为首页|加入收藏|返回(首页|顶部|列表|上页)|无障碍浏览|登录|注册|搜索",
    r"(上|下)一(篇|条|页|章):?.{0,60}",
    r"(相关|推荐|热门|延伸)(阅读|文章|文档|链接|新闻|推荐):?.{0,60}|你可能(喜欢|关注)的?(文档|文章)?|猜你喜欢",
    r"(责任)?编辑:.{1,20}|(文章|信息)?来源:[^。]{1,30}|(文章)?作者:[^。]{1,20}",
    r"[(]责任编辑:.{1,20}[)]|(附件下载|政策解读|政策问答|相关文件|热点新闻|热点推荐|网站声明)(\s+\S{2,6}){0,5}",
    r"(【本文地址】)?https?://\S+",
)
_BUTTON: Final = "(分享|收藏|点赞|转发|打印|复制|评论|举报|纠错|展开|收起|全文|展开全文|关闭|关闭窗口|字体|保存|下载)"
_BUTTONS: Final = (
    rf"[\[【(]?{_BUTTON}([\s|/·、:\[\]【】()]*({_BUTTON}|赚钱|本页|到|微信|微博|QQ|空间))*[\s:|\]】)]*",
    r"(立即|免费|付费)?下载(文档|全文|本文|附件)?|收藏\s*分享赚钱",
    r"[\[【(]?\s*(字号|字体)?\s*:?\s*大\s*中\s*小\s*[\]】)]?",
    r".{0,6}扫(一扫|描|码).{0,30}|.{0,10}关注(我们|公众号|微信).{0,20}",
)
_NOTICES: Final = (
    r".{0,40}(版权所有|ICP备|公网安备|Copyright|©|All Rights Reserved).{0,80}",
    r"(主办|承办|技术支持|网站标识码|网站客服|客服电话|网站支持).{0,2}:.{0,60}",
    rf"({_ABOUT}:\s*[^\s:]{{1,30}}{_CLOCK}\s+){{1,6}}{_ABOUT}:\s*(\[?大 中 小\]?|[^\s:]{{1,30}}){_CLOCK}",
    r"地址:.{2,60}邮编:\s*\d{6}.{0,40}|.{0,4}网站标识码.{0,30}|本站由.{2,40}主办.{0,20}|Produced By.{0,60}",
    r".{0,30}(来源于网络|从网络收集|如有侵权|可编辑修改|版本可编辑|精品文档|欢迎下载).{0,40}",
    r"(浏览|阅读|点击|访问|下载)(次数|量|数)?[: ]\s*\d+\s*次?|\d+\s*(次)?(浏览|阅读|点击|访问)",
    r"(发布|更新|发表)?(时间|日期):\s*" + _DAY + _CLOCK + r"(\s+.{0,60})?",
    r"(ID|大小|页数|格式|上传者|文档编号):\s*[\w.]{1,20}(\s*(KB|MB|页))?",
    r"温馨提示:?|\d?[.、]?\s*.{0,60}(本文档由用户上传|下载前请仔细阅读|文件下载后无此问题|无法下载或下载错误).{0,100}",
    r"此?(文档|文章|资料)下载收益归.{0,20}|.{0,30}(免责声明|仅供参考,?请勿).{0,60}",
    r"(?!附件).{0,60}\.(docx?|wps|pdf|txt)",
)
_CHATTER: Final = (
    r".{0,120}(范文|小编|计划书).{0,80}(参考|帮助|欢迎|灵感|借鉴|思路|分享|阅读|喜欢).{0,60}",
    r".{0,60}希望.{0,12}(帮到|帮助)(您|你|大家).{0,20}",
    r"(以下|下面)(是|为大家).{0,60}(整理|分享|收集|带来).{0,60}",
    r".{2,60}[(\(](优秀|精选|通用|最新|汇总|合集)?\d{1,3}\s*篇[)\)].{0,20}",
    r"(?!.*(?:牵头|责任|配合|时限|期限|单位|部门))([^\s|]{1,8} +){4,}[^\s|]{1,8}",
)
_NOISE: Final = re.compile("|".join(f"(?:{each})" for each in (*_NAVIGATION, *_BUTTONS, *_NOTICES, *_CHATTER)), re.IGNORECASE)
_LONGEST_NOISE: Final = 260
_SENTENCE: Final = re.compile(r"[\u4e00-\u9fff].*[,。;]")

_PAGE_NUMBER: Final = re.compile(
    r"[-—–·.]\s*\d{1,4}\s*[-—–·.]|第\s*\d{1,4}\s*页([,/\s]*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}|\d{1,3}"
)
_MIN_REPEATS: Final = 3
_LONGEST_HEADER: Final = 50
_NEAR: Final = 2

# Replacement characters; typical results of reading one encoding as another; private use areas.
_GARBLED: Final = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯|[\ue000-\uf8ff]|[ÃÂ][\x80-\xbf]|鈥|銆|锛|鐨")
_MASKED: Final = re.compile(r"\*{3,}")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left to be read, without blank lines; how many lines were dropped as noise; what a person should look at."""

    lines: tuple[Line, ...]
    dropped: int
    warnings: tuple[WarningDraft, ...]


def cleaned(lines: Sequence[Line]) -> Cleaned:
    """Drop blank lines, noise of web pages, page numbers and page headers; tell of garbled words."""
    present = with_line_ends([line for line in lines if line.text])
    headers = _page_headers(present)
    kept = tuple(line for line in present if line.text not in headers and not is_noise(line.text))
    warnings = [_warning(line) for line in kept if _GARBLED.search(line.text) or _MASKED.search(line.text)]
    return Cleaned(kept, len(present) - len(kept), tuple(warnings))


def is_noise(text: str) -> bool:
    """Whether the whole line belongs to a web page or a printed page, not to a document."""
    if len(text) > _LONGEST_NOISE:
        return False
    text = narrow(text)
    return _NOISE.fullmatch(text) is not None or _PAGE_NUMBER.fullmatch(text) is not None


def _page_headers(lines: Sequence[Line]) -> set[str]:
    """Short lines that come back at least three times and stand beside a page number most times."""
    near: set[int] = set()
    for index, line in enumerate(lines):
        if _PAGE_NUMBER.fullmatch(narrow(line.text)):
            near.update(range(index - _NEAR, index + _NEAR + 1))
    if not near:
        return set()
    beside = Counter(line.text for index, line in enumerate(lines) if index in near and len(line.text) <= _LONGEST_HEADER)
    return {text for text, times in beside.items() if times >= _MIN_REPEATS and not _SENTENCE.search(narrow(text))}


def _warning(line: Line) -> WarningDraft:
    garbled = _GARBLED.search(line.text)
    if garbled:
        message = f"第 {line.number} 行有乱码(“{garbled[0]}”),请对照原件核对"
        return WarningDraft(code="garbled_text", message=message, span=(line.number, line.number))
    message = f"第 {line.number} 行有被遮盖的文字(***),请对照原件补全"
    return WarningDraft(code="masked_text", message=message, span=(line.number, line.number))
