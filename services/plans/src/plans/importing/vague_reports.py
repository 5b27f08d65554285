"""Reports that a plan asks for without saying when or of whom (及时报送, 定期上报): no obligation, but nothing to pass over."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from plans.importing.clauses import sentences
from plans.importing.dates.numerals import own_words
from plans.importing.draft import WarningDraft
from plans.importing.lines import Line

_VAGUE: Final = re.compile(
    r"(?P<when>及时|定期|适时|按时|按要求|按规定|不定期|动态)(?!听取)[^,。;:]{0,12}?(?:报送|上报|报告(?!制度|书|单|会)|反馈|汇报|呈报)(?!人|单位|制度)"
)
_SHOWN: Final = 40


def vague_reports_in(lines: Sequence[Line], read: Collection[int]) -> Iterator[WarningDraft]:
    """A warning for each sentence that asks for reports by such a word alone. `read`: numbers of lines that gave obligations."""
    for line in lines:
        if line.number in read or not _VAGUE.search(line.text):
            continue
        words = own_words(line.text)
        for sentence in sentences(words):
            if found := _VAGUE.search(sentence.words):
                end = sentence.start + found.end()
                shown = line.text[max(sentence.start, end - _SHOWN) : end].strip()
                yield WarningDraft(
                    code="report_unaddressed",
                    message=f"“{shown}”没有写明具体时间或报给谁,未列为报送义务",
                    span=(line.number, line.number),
                )
