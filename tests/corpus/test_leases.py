"""Leases on sites and servers: one holder at a time, for as long as the database's clock says, or until it is gone."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipelines.corpus import Corpus
from pipelines.corpus.leases import Holder, Taken
from pipelines.process import is_gone, own_name


def holder(owner: str, process: str = "") -> Holder:
    """One of another machine, whose processes nobody here can judge."""
    return Holder("", owner, "elsewhere", 7, process, 0)


def taken(corpus: Corpus, names: Iterable[str], owner: Holder, seconds: float = 60) -> str | None:
    """None where ``owner`` got all of them, else who has one."""
    try:
        corpus.take_leases(names, owner, seconds)
    except Taken as error:
        return error.holder.owner
    return None


def test_all_or_none_and_again_once_they_are_given_back(corpus: Corpus) -> None:
    assert taken(corpus, ["site a", "server 1"], holder("one")) is None
    assert taken(corpus, ["server 0", "server 1", "site b"], holder("two")) == "one"
    assert set(corpus.leases(["site a", "site b", "server 0", "server 1"])) == {"site a", "server 1"}
    assert taken(corpus, ["site b"], holder("two")) is None
    assert corpus.renew_leases("one", 60) == 2
    corpus.release_leases("one")
    assert corpus.renew_leases("one", 60) == 0
    assert taken(corpus, ["site a", "server 1"], holder("three")) is None
    assert corpus.leases(["site a"])["site a"].host == "elsewhere"


def test_what_expired_is_taken_over_and_can_be_renewed_until_then(corpus: Corpus) -> None:
    assert taken(corpus, ["site a"], holder("one"), seconds=-1) is None
    assert corpus.leases(["site a"]) == {}
    assert corpus.renew_leases("one", -1) == 1  # nobody took it in the meantime
    assert taken(corpus, ["site a"], holder("two")) is None
    assert corpus.renew_leases("one", 60) == 0


def test_a_machine_whose_clock_is_wrong_takes_nothing(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    assert taken(corpus, ["site a"], holder("one")) is None
    monkeypatch.setattr(time, "time", lambda: 4e9)
    monkeypatch.setenv("NIANBAO_CLOCK", "2090-01-01T00:00:00Z")
    assert taken(corpus, ["site a"], holder("two")) == "one"


def test_a_process_that_is_gone_holds_nothing_on_its_own_machine(corpus: Corpus) -> None:
    program = "import sys; from pipelines.process import own_name; print(own_name(), flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True) as child:
        assert child.stdout is not None
        process = child.stdout.readline().strip()
        assert taken(corpus, ["site a"], holder("one", process)) is None
        assert taken(corpus, ["site a"], holder("two")) == "one"
        child.kill()
        child.wait(30)
        assert corpus.leases(["site a"]) == {}
        assert taken(corpus, ["site a"], holder("two")) is None
    assert is_gone(process) and not is_gone(own_name())
    # The number of the dead one may be given to another; and other machines have processes of that number, too.
    assert is_gone(own_name() + "0")
    assert not is_gone("another-boot " + own_name()) and not is_gone("")


def test_of_many_who_ask_at_once_one_gets_it(place: Path | str) -> None:
    Corpus.open(place, create=True).close()
    start = threading.Barrier(6)
    won: list[str] = []

    def ask(owner: str) -> None:
        with Corpus.open(place) as corpus:
            start.wait(60)
            if taken(corpus, ["server 1", "server 2", "site a"], holder(owner)) is None:
                won.append(owner)

    threads = [threading.Thread(target=ask, args=(f"owner {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(won) == 1


def test_an_emptied_corpus_still_knows_who_crawls(corpus: Corpus) -> None:
    assert taken(corpus, ["site a"], holder("one")) is None
    corpus.forget()
    assert corpus.renew_leases("one", 60) == 1
