"""years.copied: how much of the text stood in last year's report already."""

import re
import zlib
from collections.abc import Mapping, Sequence

from pipelines.report import Finding, Section

# Shorter sentences are set phrases that every report shares.
_SHORTEST = 12
_WORTH_SAYING = 0.5
_SENTENCE = re.compile(r"[^。；;！!\n]+")
_CHANGING = re.compile(r"[0-9０-９\s]+")


def wording(sections: Sequence[Section]) -> dict[int, int]:
    """Checksum -> length in characters of each distinct sentence of the text, without numbers and white space: enough
    to tell next year what was copied, without the text."""
    text = "\n".join(section.text for section in sections)
    sentences = (_CHANGING.sub("", sentence) for sentence in _SENTENCE.findall(text))
    return {
        zlib.crc32(sentence.encode("utf-8", "surrogatepass")): len(sentence)
        for sentence in sentences
        if len(sentence) >= _SHORTEST
    }


def copied_text(now: Mapping[int, int], before: Mapping[int, int]) -> tuple[Finding, ...]:
    """A note where at least half of this year's `wording` is made of last year's sentences."""
    copied = sum(size for checksum, size in now.items() if checksum in before)
    if not copied or copied < _WORTH_SAYING * sum(now.values()):
        return ()
    percent = round(100 * copied / sum(now.values()))
    return (
        Finding(
            "years.copied",
            "note",
            f"{percent} % of the text stood word for word, numbers aside, in the report of the year before.",
            f"正文有{percent}%（数字除外）与上年报告逐句相同。",
            stated=percent,
        ),
    )
