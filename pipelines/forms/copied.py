"""years.copied: how much of the text stood in last year's report already."""

import re
from collections.abc import Iterator, Sequence

from pipelines.report import Finding, Section

# Shorter sentences are set phrases that every report shares.
_SHORTEST = 12
_WORTH_SAYING = 0.5
_SENTENCE = re.compile(r"[^。；;！!\n]+")
_CHANGING = re.compile(r"[0-9\s]+")


def copied_text(sections: Sequence[Section], before: Sequence[Section]) -> Iterator[Finding]:
    """A note where at least half of the text (by characters, numbers aside) is made of last year's sentences."""
    known = set(_sentences(before))
    if not known:
        return
    now = _sentences(sections)
    length = sum(map(len, now))
    if not length:
        return
    share = sum(len(sentence) for sentence in now if sentence in known) / length
    if share >= _WORTH_SAYING:
        percent = round(100 * share)
        yield Finding(
            "years.copied",
            "note",
            f"{percent} % of the text stood word for word, numbers aside, in the report of the year before.",
            f"正文有{percent}%（数字除外）与上年报告逐句相同。",
            stated=percent,
        )


def _sentences(sections: Sequence[Section]) -> list[str]:
    sentences = (_CHANGING.sub("", found) for section in sections for found in _SENTENCE.findall(section.text))
    return [sentence for sentence in sentences if len(sentence) >= _SHORTEST]
