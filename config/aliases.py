"""The operator's corrections of agency names: aliases.yaml in $NIANBAO_CONFIG, else in config/."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from config import divisions
from config.load import place_of
from config.yaml_file import MistakesFound, checked, read_yaml

FILE = Path(__file__).with_name("aliases.yaml")
_HINTS = {
    "aliases": 'a list of lines such as {written: 市数管局, under: "320600", name: 南通市数据局, division: "320600"}; '
    "divisions are six digits in quotes"
}


class Alias(BaseModel):
    """One line; the file's own comment explains the keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    written: str = Field(min_length=2)
    name: str = Field(min_length=2)
    division: str | None = Field(pattern=r"^[0-9]{6}$")
    under: str | None = Field(default=None, pattern=r"^[0-9]{6}$")
    since: int | None = None
    until: int | None = None

    def holds(self, codes: tuple[str, ...], year: int | None) -> bool:
        """Whether the line is meant for a page of the divisions ``codes`` (most reliable first) and that year."""
        if self.under is not None and not any(divisions.contains(self.under, code) for code in codes):
            return False
        if year is None:
            return self.since is None and self.until is None
        return (self.since is None or self.since <= year) and (self.until is None or year <= self.until)


class AliasFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    aliases: tuple[Alias, ...]


def load_aliases(path: Path | None = None) -> dict[str, tuple[Alias, ...]]:
    """The lines of ``path`` (the operator's file by default) by ``written`` without white space.

    Raises ConfigurationError with all mistakes; a division that is none of divisions.csv is one.
    """
    file = read_yaml(path or place_of(FILE.name))
    lines = checked(file, AliasFile, _HINTS).aliases
    unknown = [
        file.mistake(("aliases", number), f"{code} is no division of divisions.csv")
        for number, alias in enumerate(lines)
        for code in (alias.division, alias.under)
        if code is not None and divisions.division(code) is None
    ]
    if unknown:
        raise MistakesFound(unknown)
    found: dict[str, list[Alias]] = {}
    for alias in lines:
        found.setdefault("".join(alias.written.split()), []).append(alias)
    return {written: tuple(aliases) for written, aliases in found.items()}


@cache
def aliases() -> dict[str, tuple[Alias, ...]]:
    """The lines of the operator's file, read once a process."""
    return load_aliases()
