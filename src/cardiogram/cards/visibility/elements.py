"""The elements that are open at a place of a page, opened and closed as a browser does it.

After the tree construction of the HTML standard, as far as it decides in which element a text
stands: what closes a paragraph, what a table does not hold, which elements go on in the next block.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cardiogram.cards.visibility.element_names import (
    BLOCK_ENDS,
    BREAKOUT,
    CELLS,
    CLOSE_A_PARAGRAPH,
    FORMATTING,
    HEADINGS,
    IN_TABLES,
    INTEGRATION,
    OF_THE_PAGE,
    ROW_GROUPS,
    SCOPES,
    SPECIAL,
    TABLE_PARTS,
    TABLE_SCOPES,
    VOID,
)
from cardiogram.cards.visibility.style import PAGE, Appearance, look_inside

_DEEPEST = 512
_CARRIED = 8


class Element:
    """An open element.

    Attributes
    ----------
    foreign
        "svg" or "math", inside of which other rules hold; "" for HTML.
    carries
        Whether its look has in it the elements that go on from an earlier block.
    """

    __slots__ = ("attributes", "carries", "foreign", "look", "name")

    def __init__(
        self,
        name: str,
        attributes: Mapping[str, str],
        look: Appearance,
        foreign: str = "",
        carries: bool = False,
    ) -> None:
        self.name: str = name
        self.attributes: Mapping[str, str] = attributes
        self.look: Appearance = look
        self.foreign: str = foreign
        self.carries: bool = carries


class OpenElements:
    """The stack of open elements, and those that go on in the next block (as `font` does)."""

    __slots__ = ("_carried", "_counts", "_folded", "_going_on", "_looks", "stack")

    def __init__(self) -> None:
        self.stack: list[Element] = [Element("html", {}, PAGE)]
        self._counts: Counter[str] = Counter()
        self._going_on: list[Element] = []
        self._carried: list[Element] | None = None
        self._folded: dict[int, tuple[Appearance, Appearance]] = {}
        self._looks: dict[tuple[object, ...], tuple[Appearance, Appearance]] = {}

    @property
    def foreign(self) -> bool:
        """Whether what comes next stands in a drawing or a formula."""
        top = self.stack[-1]
        return bool(top.foreign) and top.name not in INTEGRATION

    def look_of_text(self, blank: bool = False) -> Appearance:
        """How text that comes next is drawn."""
        return self._around() if not blank else self.stack[-1].look

    def open(self, name: str, attributes: Mapping[str, str], closed: bool) -> Appearance:
        """A start tag; gives the look of what it opens."""
        if self.foreign and name in BREAKOUT:
            while self.foreign:
                self._pop()
        if self.foreign or name in ("svg", "math"):
            return self._open_foreign(name, attributes, closed)
        if name in OF_THE_PAGE:
            return self.stack[-1].look
        if name in TABLE_PARTS or (name == "table" and self.stack[-1].name in IN_TABLES):
            return self._open_part(name, attributes)
        self._imply_ends(name)
        inline = name not in CLOSE_A_PARAGRAPH
        around = self._around() if inline else self._outside_of_table()
        look = self._look_inside(around, name, attributes)
        if name in VOID:
            return look
        carries = self.stack[-1].carries or (inline and bool(self._closed()))
        element = Element(name, attributes, look, carries=carries)
        self._push(element)
        if name in FORMATTING and look is not around:
            self._go_on(element)
        return look

    def _look_inside(
        self, around: Appearance, name: str, attributes: Mapping[str, str]
    ) -> Appearance:
        """As :func:`look_inside`; of the same tags in the same look it is asked once."""
        if not attributes:
            return look_inside(around, name, attributes)
        tag = id(around), name, *attributes.items()
        if tag not in self._looks:  # what is around is kept, so that no other gets its id
            self._looks[tag] = around, look_inside(around, name, attributes)
        return self._looks[tag][1]

    def close(self, name: str) -> None:
        """An end tag."""
        if not self._counts[name]:
            if name in FORMATTING:
                self._stop(name)
            elif name in HEADINGS:
                self._close_heading()
            return
        if self.foreign:
            self._pop_to(name)
        elif name in FORMATTING:
            self._close_formatting(name)
        elif name in HEADINGS:
            self._close_heading()
        elif (scopes := _ENDS.get(name)) is not None:
            if self._in_scope(name, scopes):
                self._pop_to(name)
        elif self._in_scope(name, SPECIAL - {name}):
            self._pop_to(name)

    def _close_heading(self) -> None:
        for element in reversed(self.stack):
            if element.name in HEADINGS:
                self._pop_to(element.name)
                return
            if element.name in SCOPES:
                return

    def _around(self) -> Appearance:
        """The look that inline content gets: in a block, what goes on from earlier ones too."""
        look = self._outside_of_table()
        if self.stack[-1].carries or not self._going_on:
            return look
        closed = self._closed()
        if not closed:
            return look
        known = self._folded.get(id(look))
        if known is None or known[0] is not look:
            inside = look
            for element in closed:
                inside = look_inside(inside, element.name, element.attributes)
            known = self._folded[id(look)] = look, inside
        return known[1]

    def _closed(self) -> list[Element]:
        """Elements that go on, though the block in which they were opened is closed."""
        if not self._going_on:
            return []
        if self._carried is None:
            held = {id(element) for element in self.stack}
            self._carried = [x for x in self._going_on if id(x) not in held]
            self._folded.clear()
        return self._carried

    def _outside_of_table(self) -> Appearance:
        """The look around; a table lets out what does not stand in one of its cells."""
        if self.stack[-1].name not in IN_TABLES:
            return self.stack[-1].look
        for place in range(len(self.stack) - 1, 0, -1):
            if self.stack[place].name == "table":
                return self.stack[place - 1].look
        return self.stack[-1].look

    def _push(self, element: Element) -> None:
        if len(self.stack) >= _DEEPEST:
            self._pop()
        self.stack.append(element)
        self._counts[element.name] += 1

    def _pop(self) -> Element:
        element = self.stack.pop()
        self._counts[element.name] -= 1
        if self._going_on:
            self._carried = None
        return element

    def _pop_to(self, name: str) -> None:
        while len(self.stack) > 1 and self._pop().name != name:
            pass

    def _in_scope(self, name: str, scopes: frozenset[str]) -> bool:
        if not self._counts[name]:
            return False
        for element in reversed(self.stack):
            if element.name == name:
                return True
            if element.name in scopes:
                return False
        return False

    def _imply_ends(self, name: str) -> None:
        """Close what a start tag closes."""
        if name in ("li", "dd", "dt"):
            same = ("li",) if name == "li" else ("dd", "dt")
            for element in reversed(self.stack):
                if element.name in same:
                    self._pop_to(element.name)
                    break
                if element.name in SPECIAL and element.name not in ("address", "div", "p"):
                    break
        if name in CLOSE_A_PARAGRAPH and self._in_scope("p", _BUTTON_SCOPE):
            self._pop_to("p")
        if name in HEADINGS and self.stack[-1].name in HEADINGS:
            self._pop()
        elif name in ("a", "nobr") and self._counts[name]:
            self._close_formatting(name)
        elif name == "button" and self._in_scope(name, SCOPES):
            self._pop_to(name)
        elif name in ("option", "optgroup") and self.stack[-1].name == "option":
            self._pop()

    def _open_part(self, name: str, attributes: Mapping[str, str]) -> Appearance:
        """A part of a table, or a table where only parts may stand."""
        if not self._in_scope("table", TABLE_SCOPES - {"table"}):
            return self.stack[-1].look
        for element in reversed(self.stack):  # a cell that is open ends here
            if element.name in CELLS:
                self._pop_to(element.name)
                break
            if element.name == "table":
                break
        if name == "table":
            self._pop_to("table")
            return self.open(name, attributes, False)
        keep = {"td": IN_TABLES, "th": IN_TABLES, "tr": ROW_GROUPS | {"table"}}.get(name, {"table"})
        while self.stack[-1].name not in keep:
            self._pop()
        look = self._look_inside(self.stack[-1].look, name, attributes)
        if name != "col":
            self._push(Element(name, attributes, look))
        return look

    def _open_foreign(self, name: str, attributes: Mapping[str, str], closed: bool) -> Appearance:
        kind = self.stack[-1].foreign if self.foreign else name
        around = self._around() if name in ("svg", "math") else self.stack[-1].look
        look = look_inside(around, name, attributes, drawing=kind == "svg")
        if kind == "math" and name.startswith("annotation"):
            look = look._replace(gone=True)
        if not closed:
            self._push(Element(name, attributes, look, kind))
        return look

    def _go_on(self, element: Element) -> None:
        same = (element.name, element.attributes)
        self._going_on = [x for x in self._going_on if (x.name, x.attributes) != same]
        self._going_on.append(element)
        del self._going_on[:-_CARRIED]
        self._carried = None

    def _stop(self, name: str) -> None:
        """End an element that went on without being open."""
        for place in range(len(self._going_on) - 1, -1, -1):
            if self._going_on[place].name == name:
                del self._going_on[place]
                self._carried = None
                return

    def _close_formatting(self, name: str) -> None:
        """End an inline element; the blocks that were opened in it stay open without it."""
        for place in range(len(self.stack) - 1, 0, -1):
            element = self.stack[place]
            if element.name == name:
                break
            if element.name in SCOPES:
                return
        else:
            return
        if element in self._going_on:
            self._going_on.remove(element)
        above = self.stack[place + 1 :]
        if not any(inner.name in SPECIAL for inner in above):
            del self.stack[place:]
            self._counts.subtract([inner.name for inner in (element, *above)])
        else:
            del self.stack[place]
            self._counts[name] -= 1
            if element.look is not self.stack[place - 1].look:
                self._look_again(place)
        self._carried = None

    def _look_again(self, first: int) -> None:
        """Give the elements from a place on the looks that they have now."""
        for place in range(first, len(self.stack)):
            element, around = self.stack[place], self.stack[place - 1].look
            drawing = element.foreign == "svg"
            element.look = look_inside(around, element.name, element.attributes, drawing)


_BUTTON_SCOPE = SCOPES | {"button"}
_ENDS = {
    **dict.fromkeys(BLOCK_ENDS, SCOPES),
    **dict.fromkeys(TABLE_PARTS | {"table"}, TABLE_SCOPES),
    "p": _BUTTON_SCOPE,
}
"""Beyond what an end tag does not reach."""
