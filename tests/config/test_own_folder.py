"""An operator's own configuration lies in a folder of its own, which an upgrade does not touch."""

from pathlib import Path

import pytest

from config.aliases import load_aliases
from config.errors import ConfigurationError
from config.load import VARIABLE, load_operator, load_schedule, load_sites
from pipelines import fingerprint


def test_what_the_folder_holds_goes_before_ours_and_what_it_lacks_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = load_sites(), load_operator(), load_schedule()
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "mine.yaml").write_text("home: http://www.example.gov.cn/\n", encoding="utf-8")
    (tmp_path / "schedule.yaml").write_text("parallel: 2\n", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert list(load_sites()) == ["mine"] != list(ours[0])
    assert load_operator() == ours[1]
    assert (load_schedule().parallel, load_schedule().otherwise) == (2, ours[2].otherwise)


def test_a_folder_that_is_missing_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(ConfigurationError, match="nowhere"):
        load_sites()


def test_names_set_right_in_the_folder_hold_and_are_a_reason_to_identify_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint.parser()
    line = '{written: 市数管局, under: "320600", name: 南通市数据局, division: "320600"}'
    (tmp_path / "aliases.yaml").write_text(f"aliases:\n  - {line}\n", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert [alias.name for alias in load_aliases()["市数管局"]] == ["南通市数据局"]
    fingerprint.parser.cache_clear()
    try:
        now = fingerprint.parser()
    finally:
        fingerprint.parser.cache_clear()
    assert now.identity != before.identity
    assert (now.document, now.forms, now.rules) == (before.document, before.forms, before.rules)
