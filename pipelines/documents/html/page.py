"""One page: its markup, ready to be read, and the tree of its elements for what needs one."""

from functools import cached_property
from html import unescape

from pipelines.documents.html.disguised import has_disguise, uncover
from pipelines.documents.html.markup import Markup, markup_of
from pipelines.documents.html.tags import Irregular, Spelling
from pipelines.documents.html.tree import Element, bound_size, parse_tree, with_plain_names, written
from pipelines.documents.html.visibility import Visibility, hiding_rules
from pipelines.documents.model import Unreadable


class Page:
    """``source`` is the markup as it was served, ``url`` names the page in errors.

    The page is read from its tags. Where they can't be told, or tables are marked up as something else, they are those
    of the tree that the parser makes of them. Every property may raise `Unreadable` as `parse_tree` does.
    """

    def __init__(self, source: str, url: str) -> None:
        bound_size(source, url)
        self._source = source
        self._url = url
        self.is_put_right = False
        if has_disguise(source):
            self.put_right()

    def put_right(self) -> None:
        """Read the page from its tree from now on.

        Raises `Unreadable`, ``broken``, where that does not help: no page is known of which that is so.
        """
        if self.is_put_right:
            raise Unreadable("broken", f"the markup of {self._url} cannot be told")
        self.is_put_right = True
        uncover(self.tree, self._source, self._url)
        with_plain_names(self.tree)
        for name in ("markup", "spelling"):
            self.__dict__.pop(name, None)

    @cached_property
    def markup(self) -> Markup:
        """Raises `Irregular` where the source does not do."""
        if not self.is_put_right:
            return markup_of(self._source)
        markup = markup_of(written(self.tree))
        markup.raw = {name: list(map(unescape, contents)) for name, contents in markup.raw.items()}
        return markup

    @cached_property
    def spelling(self) -> Spelling:
        return Spelling(hiding_rules(self.markup.raw["style"]))

    @cached_property
    def tree(self) -> Element:
        return parse_tree(self._source, self._url)

    @cached_property
    def tables(self) -> list[Element]:
        """In order, as the markup has them; raises `Irregular` where the parser sees others."""
        tables = list(self.tree.iter("table"))
        if len(tables) != len(self.markup.tables) + len(self.markup.outer):
            raise Irregular("<table>")
        return tables

    @cached_property
    def visibility(self) -> Visibility:
        return Visibility(self.tree, hiding_rules([style.text or "" for style in self.tree.iter("style")]))
