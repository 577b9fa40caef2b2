"""Whether two texts say the same."""

from pipelines.corpus.likeness import length, likeness, pack_sentences, sentences, unpack_sentences
from tests.corpus.made import TEXT


def test_width_punctuation_and_white_space_make_no_difference() -> None:
    printed = TEXT.replace("，", ", ").replace("2020", "２０２０").replace("。", "。\n　　")
    assert sentences(printed) == sentences(TEXT)


def test_a_rare_letter_elsewhere_makes_no_difference() -> None:
    """Plain texts are taken apart in a shorter way, which must agree with the careful one."""
    printed = TEXT.replace("，", "、（一）“二”") + "；共12.5%：3/4，《条例》 — A-z！"
    careful = sentences(printed + "。面积①二③㎡占地面积")
    assert sentences(printed).items() < careful.items()
    assert len(careful) == len(sentences(printed)) + 1


def test_a_changed_number_is_a_changed_sentence() -> None:
    one, other = likeness(sentences(TEXT), sentences(TEXT.replace("二十四", "二十五")))
    assert 0.5 < one < 1 and 0.5 < other < 1


def test_part_of_a_text_stands_in_the_whole() -> None:
    whole, part = sentences(TEXT), sentences(TEXT[: TEXT.index("健全")])
    of_shorter, of_longer = likeness(part, whole)
    assert of_shorter == 1
    assert of_longer == length(part) / length(whole) < 0.6
    assert likeness(whole, part) == (of_shorter, of_longer)


def test_unrelated_or_empty_texts_share_nothing() -> None:
    assert likeness(sentences(TEXT), sentences("完全不同的一段文字没有共同之处。")) == (0, 0)
    assert likeness(sentences(""), sentences(TEXT)) == (0, 0)


def test_packed_and_unpacked() -> None:
    assert unpack_sentences(pack_sentences(sentences(TEXT))) == sentences(TEXT)
