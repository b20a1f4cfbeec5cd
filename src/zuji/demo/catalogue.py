"""What the shop sells and how it advertises, in Chinese and English. Prices are in CNY, kept as whole fen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """One thing on the shelf. `category` is a path, as Segment's e-commerce names have it."""

    product_id: str
    zh: str
    en: str
    category: str
    brand: str
    fen: int

    @property
    def sku(self) -> str:
        """The stock number on the box."""
        return f"SKU-{self.product_id[1:]}"

    def name(self, language: str) -> str:
        """The name a visitor of that language sees."""
        return self.zh if language == "zh" else self.en


CATEGORIES = {
    "tea": "茶 Tea", "kitchen": "厨房 Kitchen", "home": "家居 Home", "digital": "数码 Digital",
    "outdoor": "户外 Outdoor", "care": "个护 Care", "kids": "童趣 Kids", "stationery": "文具 Stationery",
}  # fmt: skip

_SHELVES: dict[str, tuple[tuple[str, str, str, int], ...]] = {
    "tea": (
        ("明前龙井 100g", "Longjing green tea 100 g", "云岭", 26800),
        ("武夷大红袍 80g", "Da Hong Pao oolong 80 g", "云岭", 19800),
        ("茉莉花茶 150g", "Jasmine tea 150 g", "云岭", 5990), ("紫砂壶", "Zisha teapot", "陶然", 39900),
        ("盖碗三件套", "Gaiwan set of three", "陶然", 12900), ("普洱熟茶饼", "Ripe pu'er cake", "云岭", 16850),
    ),
    "kitchen": (
        ("铸铁锅 24cm", "Cast iron pot 24 cm", "炊烟", 32900), ("不粘炒锅", "Non-stick wok", "炊烟", 15900),
        ("竹砧板", "Bamboo board", "炊烟", 4590), ("电压力锅", "Pressure cooker", "炊烟", 45900),
        ("手冲咖啡壶", "Pour-over kettle", "Northpour", 18900), ("不锈钢保温杯", "Steel flask", "Northpour", 9990),
    ),
    "home": (
        ("亚麻四件套", "Linen bedding set", "素屋", 59900), ("香薰蜡烛", "Scented candle", "素屋", 8800),
        ("落地灯", "Floor lamp", "素屋", 34900), ("收纳盒三只装", "Storage boxes, three", "素屋", 6990),
        ("乳胶枕", "Latex pillow", "素屋", 19900), ("羊毛地毯", "Wool rug", "素屋", 89900),
    ),
    "digital": (
        ("降噪耳机", "Noise-cancelling headphones", "Echora", 89900),
        ("蓝牙音箱", "Bluetooth speaker", "Echora", 29900),
        ("充电宝 20000mAh", "Power bank 20,000 mAh", "Voltan", 15990),
        ("机械键盘", "Mechanical keyboard", "Voltan", 43900),
        ("智能手环", "Fitness band", "Echora", 21900), ("桌面风扇", "Desk fan", "Voltan", 7990),
    ),
    "outdoor": (
        ("双人帐篷", "Two-person tent", "远山", 69900), ("登山杖一对", "Trekking poles, pair", "远山", 23900),
        ("冲锋衣", "Rain jacket", "远山", 79900), ("露营灯", "Camping lantern", "远山", 11900),
        ("折叠椅", "Folding chair", "远山", 16900), ("徒步背包 30L", "Hiking pack 30 L", "远山", 36900),
    ),
    "care": (
        ("护手霜", "Hand cream", "木槿", 4990), ("氨基酸洁面", "Gentle cleanser", "木槿", 7990),
        ("防晒乳 SPF50", "Sunscreen SPF 50", "木槿", 12800), ("电动牙刷", "Electric toothbrush", "木槿", 24900),
        ("洗发水", "Shampoo", "木槿", 6890), ("面膜十片", "Face masks, ten", "木槿", 9900),
    ),
    "kids": (
        ("木质积木", "Wooden blocks", "童年", 13900), ("绘本套装", "Picture book set", "童年", 11800),
        ("平衡车", "Balance bike", "童年", 39900), ("毛绒熊", "Plush bear", "童年", 8990),
        ("水彩笔 24色", "Felt pens, 24", "童年", 3990), ("拼图 500片", "Puzzle, 500 pieces", "童年", 5980),
    ),
    "stationery": (
        ("钢笔", "Fountain pen", "墨白", 18800), ("手账本", "Journal", "墨白", 5850),
        ("便签纸", "Sticky notes", "墨白", 1290), ("书法套装", "Calligraphy set", "墨白", 22800),
        ("胶带座", "Tape dispenser", "墨白", 2990), ("台历", "Desk calendar", "墨白", 3580),
    ),
}  # fmt: skip

PRODUCTS: tuple[Product, ...] = tuple(
    Product(f"p{100 + number * 10 + place}", zh, en, category, brand, fen)
    for number, (category, shelf) in enumerate(_SHELVES.items())
    for place, (zh, en, brand, fen) in enumerate(shelf)
)
BY_CATEGORY: dict[str, tuple[Product, ...]] = {
    category: tuple(product for product in PRODUCTS if product.category == category) for category in CATEGORIES
}


@dataclass(frozen=True, slots=True)
class Campaign:
    """One line of the marketing plan: what a link in an advertisement carries, and from where the visitor comes."""

    source: str
    medium: str
    name: str
    referrer: str


CAMPAIGNS = (
    Campaign("baidu", "cpc", "春茶上新", "https://www.baidu.com/"),
    Campaign("xiaohongshu", "social", "露营季种草", "https://www.xiaohongshu.com/"),
    Campaign("douyin", "social", "live-sale", "https://www.douyin.com/"),
    Campaign("newsletter", "email", "weekly-picks", ""),
    Campaign("sms", "sms", "会员日", ""),
    Campaign("google", "cpc", "gifts-from-china", "https://www.google.com/"),
)
SEARCHES = {
    "zh": ("茶具", "龙井", "帐篷", "耳机", "礼物", "儿童 绘本", "钢笔"),
    "en": ("teapot", "tent", "gift", "pen", "lamp"),
}


def yuan(fen: int) -> float:
    """The amount as JSON has it. Two decimals survive a float; the truth keeps them as text."""
    return fen / 100


def yuan_text(fen: int) -> str:
    """The amount exactly, for the truth and for clients that send prices as text."""
    return f"{fen // 100}.{fen % 100:02d}"
