"""Names of persons: blanks, widths and titles aside, the same name is the same text."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100
_TITLES_BEHIND = re.compile(r"(?<=.)(?:先生|女士|小姐|太太|老师|医生|教授|经理|同学|阿姨|师傅)$")
_TITLES_BEFORE = re.compile(r"^(?:(?:mr|mrs|ms|miss|mx|dr|prof)\b\.?\s*)+", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff·]+")
_MIDDLE_DOTS = re.compile(r"\s*[•・‧∙⋅˙●.]\s*(?=[\u3400-\u9fff])")
_BLANKS = re.compile(r"\s+")


def person_of(text: str) -> str:
    """A name as it is compared; empty when there is none.

    >>> person_of("  张　三 先生"), person_of("MR.  LI   LEI"), person_of("阿依古丽・买买提")
    ('张三', 'Li Lei', '阿依古丽·买买提')
    """
    if len(text) > LONGEST:
        return ""
    written = _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip(" ,，。")
    joined = _MIDDLE_DOTS.sub("·", written).replace(" ", "")
    if _CHINESE.fullmatch(joined):
        return _TITLES_BEHIND.sub("", joined)
    written = _TITLES_BEFORE.sub("", written)
    if not any(each.isalpha() for each in written):
        return ""
    return " ".join(map(_capital, written.split())) if written.isupper() or written.islower() else written


def _capital(word: str) -> str:
    """`O'BRIEN-SMITH` is O'Brien-Smith."""
    return re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word)
