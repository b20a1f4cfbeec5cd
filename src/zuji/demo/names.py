"""Names of people and places, in both languages. All people are made up."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

SURNAMES = (
    ("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"), ("赵", "Zhao"),
    ("黄", "Huang"), ("周", "Zhou"), ("吴", "Wu"), ("徐", "Xu"), ("孙", "Sun"), ("胡", "Hu"), ("朱", "Zhu"),
    ("高", "Gao"), ("林", "Lin"), ("何", "He"), ("郭", "Guo"), ("马", "Ma"), ("罗", "Luo"), ("欧阳", "Ouyang"),
)  # fmt: skip
GIVEN = (
    ("伟", "Wei"), ("芳", "Fang"), ("娜", "Na"), ("敏", "Min"), ("静", "Jing"), ("强", "Qiang"), ("磊", "Lei"),
    ("洋", "Yang"), ("艳", "Yan"), ("勇", "Yong"), ("军", "Jun"), ("杰", "Jie"), ("涛", "Tao"), ("明", "Ming"),
    ("超", "Chao"), ("秀英", "Xiuying"), ("欣怡", "Xinyi"), ("子涵", "Zihan"), ("浩然", "Haoran"), ("雨桐", "Yutong"),
    ("梓萱", "Zixuan"), ("宇轩", "Yuxuan"), ("思远", "Siyuan"), ("晓彤", "Xiaotong"), ("若曦", "Ruoxi"),
)  # fmt: skip
FIRST_NAMES = (
    "Emma", "Liam", "Olivia", "Noah", "Ava", "Lucas", "Sophie", "Mateo", "Hannah", "Oscar", "Amara", "Kenji", "Ingrid",
)  # fmt: skip
LAST_NAMES = (
    "Smith", "Brown", "Garcia", "Müller", "Rossi", "Kowalski", "Okafor", "Tanaka", "Nguyen", "O'Neill", "Svensson",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class City:
    """Where people live; `region` is the GB/T 2260 code of the city."""

    zh: str
    en: str
    region: str
    weight: int


CITIES = (
    City("上海", "Shanghai", "310000", 22), City("北京", "Beijing", "110000", 18),
    City("广州", "Guangzhou", "440100", 12),
    City("深圳", "Shenzhen", "440300", 13), City("成都", "Chengdu", "510100", 9), City("杭州", "Hangzhou", "330100", 9),
    City("武汉", "Wuhan", "420100", 6), City("西安", "Xi'an", "610100", 5), City("南京", "Nanjing", "320100", 5),
    City("重庆", "Chongqing", "500000", 6), City("昆明", "Kunming", "530100", 3), City("哈尔滨", "Harbin", "230100", 2),
)  # fmt: skip
STORES = ("上海南京西路店 Nanjing West Road", "北京三里屯店 Sanlitun", "成都太古里店 Taikoo Li")

MAIL_HOSTS = ("mail.zuji-demo.cn", "youxiang.zuji-demo.cn", "post.zuji-demo.com")
"""Addresses at example domains stand for nobody (they are blocked), so the demo has mail hosts of its own."""


def chinese_name(rng: Random) -> tuple[str, str]:
    """A full name in characters, and its letters for addresses. Namesakes are common, as in life."""
    family, given = rng.choice(SURNAMES), rng.choice(GIVEN)
    return family[0] + given[0], f"{family[1]}.{given[1]}".lower()


def western_name(rng: Random) -> tuple[str, str]:
    """A full name, and its letters for addresses."""
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    letters = "".join(c for c in last if c.isascii() and c.isalpha())
    return f"{first} {last}", f"{first}.{letters}".lower()


def mobile_number(rng: Random) -> str:
    """Eleven digits of a Chinese mobile number, without the country code."""
    return rng.choice(("135", "136", "137", "139", "150", "158", "186", "188")) + f"{rng.randrange(10**8):08d}"


def phone_as_typed(phone: str, rng: Random) -> str:
    """The same number as different people write it."""
    style = rng.randrange(6)
    if style == 0:
        return f"+86 {phone}"
    if style == 1:
        return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    if style == 2:
        return f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    return phone
