"""How much memory a page may take: the whole of a fresh process stays below 500 MB."""

import subprocess
import sys

import pytest

from pipelines.documents import Unreadable, extract

_LIMIT = 500_000  # kilobytes
_SCRIPT = """
import sys
from pathlib import Path
from pipelines.documents import extract
piece, times = sys.argv[1].encode(), int(sys.argv[2])
extract(b"<html><body><table><tr>" + piece * times, url="http://www.example.gov.cn/a.html")
# Not getrusage: its maximum survives the exec, and would be that of the test run.
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


@pytest.mark.parametrize(
    ("piece", "times"),
    [("<td>1", 840_000), ("</table><p class=a style='color:red'>x", 400_000)],
    ids=["cells", "styled"],
)
def test_the_largest_page_that_is_read_stays_below_half_a_gigabyte(piece: str, times: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, piece, str(times)], capture_output=True, text=True, timeout=120, check=True
    )
    assert int(done.stdout) < _LIMIT


def test_a_million_open_cells_are_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        extract(b"<table><tr>" + b"<td>1" * 1_000_000, url="http://www.example.gov.cn/a.html")
    assert refused.value.code == "too_large"
