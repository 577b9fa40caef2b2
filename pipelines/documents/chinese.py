"""Traditional and simplified characters: telling them apart, and converting."""

import re
from functools import lru_cache
from typing import Any

# Pairs that are one-to-one both ways, the commonest of official prose. Characters that are at home in both scripts
# (后, 于, 范, 余, 乾, 著, 瞭) say nothing about a text and are left out.
_SIMPLIFIED = (
    "开务卫数办请况关进动条结发项实规会议时机计报对为内处区网确众导诉员点领组费业审强体医设总问责题传属国决应专与职电疗"
    "监认单织读过构质协维类续询讼纠断识据转个现积极闻无权严执门经标态负护号访举话联贯妇训风华栏继彻户减满广围热检补坚编邮"
    "学视没将两党长从线创购优节细万获调习运则许际级论证达够预评价录罚额稳简见络资养头阅书记变针还环详页纳这"
)
TRADITIONAL = (
    "開務衛數辦請況關進動條結發項實規會議時機計報對為內處區網確衆導訴員點領組費業審強體醫設總問責題傳屬國決應專與職電療"
    "監認單織讀過構質協維類續詢訟糾斷識據轉個現積極聞無權嚴執門經標態負護號訪舉話聯貫婦訓風華欄繼徹戶減滿廣圍熱檢補堅編郵"
    "學視沒將兩黨長從線創購優節細萬獲調習運則許際級論證達夠預評價錄罰額穩簡見絡資養頭閱書記變針還環詳頁納這"
)
_ONLY_SIMPLIFIED = re.compile(f"[{_SIMPLIFIED}]")
_ONLY_TRADITIONAL = re.compile(f"[{TRADITIONAL}]")
_FEWEST = 3
_MAJORITY = 4  # a simplified page quotes a traditional name now and then, and the reverse

# 乾 becomes 干 where it means dry, but not in names: 乾县, 乾安县, 乾陵, 乾州, 乾元镇, 乾潭镇, 乾隆, 乾坤.
_NAMES = re.compile("乾(?=[縣县安陵州元潭隆坤])")


def is_traditional(text: str) -> bool:
    """Whether the text is written in traditional characters throughout, a few words apart."""
    traditional = len(_ONLY_TRADITIONAL.findall(text))
    return traditional >= _FEWEST and traditional >= _MAJORITY * len(_ONLY_SIMPLIFIED.findall(text))


def simplified(text: str) -> str:
    """The text in simplified characters (OpenCC t2s); names with 乾 keep it."""
    pieces = _NAMES.split(text)
    return "乾".join(_converter().convert(piece) for piece in pieces)


def traditional(text: str) -> str:
    """The text in traditional characters (OpenCC s2t)."""
    return _converter("s2t").convert(text)  # type: ignore[no-any-return]  # opencc has no types


@lru_cache(maxsize=2)
def _converter(config: str = "t2s") -> Any:
    from opencc import OpenCC  # loads dictionaries: only where a traditional text needs it

    return OpenCC(config)
