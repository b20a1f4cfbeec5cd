"""The 34 provinces of China and what is known without any table: their names in two languages, their one-character
abbreviations, cities that English does not spell as pinyin does, counties whose codes were given up.
"""

from __future__ import annotations

from typing import NamedTuple


class Province(NamedTuple):
    """A province, municipality, autonomous region or special administrative region."""

    code: str
    name: str
    short: str
    english: str
    abbreviations: str
    """Single characters, as on number plates and in names of railways."""


PROVINCES: tuple[Province, ...] = (
    Province("110000", "北京市", "北京", "Beijing", "京"),
    Province("120000", "天津市", "天津", "Tianjin", "津"),
    Province("130000", "河北省", "河北", "Hebei", "冀"),
    Province("140000", "山西省", "山西", "Shanxi", "晋"),
    Province("150000", "内蒙古自治区", "内蒙古", "Inner Mongolia", "蒙"),
    Province("210000", "辽宁省", "辽宁", "Liaoning", "辽"),
    Province("220000", "吉林省", "吉林", "Jilin", "吉"),
    Province("230000", "黑龙江省", "黑龙江", "Heilongjiang", "黑"),
    Province("310000", "上海市", "上海", "Shanghai", "沪申"),
    Province("320000", "江苏省", "江苏", "Jiangsu", "苏"),
    Province("330000", "浙江省", "浙江", "Zhejiang", "浙"),
    Province("340000", "安徽省", "安徽", "Anhui", "皖"),
    Province("350000", "福建省", "福建", "Fujian", "闽"),
    Province("360000", "江西省", "江西", "Jiangxi", "赣"),
    Province("370000", "山东省", "山东", "Shandong", "鲁"),
    Province("410000", "河南省", "河南", "Henan", "豫"),
    Province("420000", "湖北省", "湖北", "Hubei", "鄂"),
    Province("430000", "湖南省", "湖南", "Hunan", "湘"),
    Province("440000", "广东省", "广东", "Guangdong", "粤"),
    Province("450000", "广西壮族自治区", "广西", "Guangxi", "桂"),
    Province("460000", "海南省", "海南", "Hainan", "琼"),
    Province("500000", "重庆市", "重庆", "Chongqing", "渝"),
    Province("510000", "四川省", "四川", "Sichuan", "川蜀"),
    Province("520000", "贵州省", "贵州", "Guizhou", "贵黔"),
    Province("530000", "云南省", "云南", "Yunnan", "云滇"),
    Province("540000", "西藏自治区", "西藏", "Tibet", "藏"),
    Province("610000", "陕西省", "陕西", "Shaanxi", "陕秦"),
    Province("620000", "甘肃省", "甘肃", "Gansu", "甘陇"),
    Province("630000", "青海省", "青海", "Qinghai", "青"),
    Province("640000", "宁夏回族自治区", "宁夏", "Ningxia", "宁"),
    Province("650000", "新疆维吾尔自治区", "新疆", "Xinjiang", "新"),
    Province("710000", "台湾省", "台湾", "Taiwan", "台"),
    Province("810000", "香港特别行政区", "香港", "Hong Kong", "港"),
    Province("820000", "澳门特别行政区", "澳门", "Macau", "澳"),
)

COUNTRIES: dict[str, str] = {"710000": "TW", "810000": "HK", "820000": "MO"}
"""ISO 3166 has codes of their own for these three; everywhere else it is CN."""

OTHER_SPELLINGS: dict[str, tuple[str, ...]] = {
    "内蒙": ("150000",),
    "Nei Mongol": ("150000",),
    "Neimenggu": ("150000",),
    "Xizang": ("540000",),
    "Shaanxi": ("610000",),
    "Xianggang": ("810000",),
    "Hongkong": ("810000",),
    "Aomen": ("820000",),
    "Macao": ("820000",),
    "Peking": ("110000",),
    "Canton": ("440100",),
    "Chaoyang": ("211300", "211321"),
    "Hohhot": ("150100",),
    "Baotou": ("150200",),
    "Ordos": ("150600",),
    "Hulunbuir": ("150700",),
    "Bayannur": ("150800",),
    "Ulanqab": ("150900",),
    "Hinggan": ("152200",),
    "Xilingol": ("152500",),
    "Alxa": ("152900",),
    "Harbin": ("230100",),
    "Qiqihar": ("230200",),
    "Lhasa": ("540100",),
    "Shigatse": ("540200",),
    "Chamdo": ("540300",),
    "Nyingchi": ("540400",),
    "Urumqi": ("650100",),
    "Karamay": ("650200",),
    "Turpan": ("650400",),
    "Hami": ("650500",),
    "Kumul": ("650500",),
    "Aksu": ("652900",),
    "Kashgar": ("653100",),
    "Kashi": ("653100",),
    "Hotan": ("653200",),
    "Altay": ("654300",),
    "Shihezi": ("659001",),
    "Lu'an": ("341500",),
    "Garze": ("513300",),
    "Ngawa": ("513200",),
}
"""Spellings that follow from no name of the table, with what they mean where the table has it."""

AS_OFTEN_A_DISTRICT: frozenset[str] = frozenset({"朝阳", "chaoyang"})
"""Short names of a city that mean another city's district as often: neither is taken without more said. Of other short
names that are shared, such as 西安, everybody means the city."""

SUCCESSORS: dict[str, str] = {
    "110103": "110101",  # 崇文 -> 东城, 2010
    "110104": "110102",  # 宣武 -> 西城, 2010
    "120107": "120116",  # 塘沽, 汉沽, 大港 -> 滨海, 2009
    "120108": "120116",
    "120109": "120116",
    "310103": "310101",  # 卢湾 -> 黄浦, 2011
    "310108": "310106",  # 闸北 -> 静安, 2015
    "310119": "310115",  # 南汇 -> 浦东, 2009
    "310230": "310151",  # 崇明县 -> 崇明区, 2016
    "320502": "320508",  # 沧浪, 平江, 金阊 -> 姑苏, 2012
    "320503": "320508",
    "320504": "320508",
    "320584": "320509",  # 吴江市 -> 吴江区, 2012
    "320103": "320104",  # 白下 -> 秦淮, 2013
    "320107": "320106",  # 下关 -> 鼓楼, 2013
    "320124": "320117",  # 溧水县 -> 溧水区, 2013
    "320125": "320118",  # 高淳县 -> 高淳区, 2013
    "330103": "330105",  # 下城 -> 拱墅, 2021
    "330104": "330102",  # 江干 -> 上城 for the most part, 2021
    "330183": "330111",  # 富阳市 -> 富阳区, 2014
    "330185": "330112",  # 临安市 -> 临安区, 2017
    "330204": "330212",  # 江东 -> 鄞州, 2016
    "330283": "330213",  # 奉化市 -> 奉化区, 2016
    "341400": "340100",  # 巢湖市 -> 合肥, 2011
    "341402": "340181",  # 居巢区 -> 巢湖市, 2011
    "350402": "350404",  # 梅列 -> 三元, 2021
    "350403": "350404",
    "350427": "350405",  # 沙县 -> 沙县区, 2021
    "370181": "370114",  # 章丘市 -> 章丘区, 2016
    "371200": "370100",  # 莱芜市 -> 济南, 2019
    "371202": "370116",  # 莱城 -> 莱芜区, 2019
    "371203": "370117",  # 钢城, 2019
    "410322": "410308",  # 孟津县 and 吉利区 -> 孟津区, 2021
    "410306": "410308",
    "410381": "410307",  # 偃师市 -> 偃师区, 2021
    "440102": "440104",  # 东山 -> 越秀, 2005
    "440107": "440103",  # 芳村 -> 荔湾, 2005
    "440116": "440112",  # 萝岗 -> 黄埔, 2014
    "440183": "440118",  # 增城市 -> 增城区, 2014
    "440184": "440117",  # 从化市 -> 从化区, 2014
    "500222": "500110",  # 綦江县 -> 綦江区, 2011
    "500225": "500111",  # 大足县 -> 大足区, 2011
    "510124": "510117",  # 郫县 -> 郫都区, 2016
    "510122": "510116",  # 双流县 -> 双流区, 2015
}
"""Codes that were given up -> the code of where most of it is today. A table may bring more."""
