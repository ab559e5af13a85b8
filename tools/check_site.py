"""Find what is wrong in a built site: dead links and anchors, and what would ask a network.

python tools/check_site.py site
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADS = frozenset({"img", "script", "iframe", "source", "video", "audio"})
_LOADED_LINKS = frozenset({"stylesheet", "icon", "shortcut icon", "preload", "manifest"})


class SitePage(HTMLParser):
    """What a page of a site links to, what it loads, and the anchors that it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the anchor and the address of a tag."""
        values = dict(attrs)
        self.anchors.add(values.get("id") or "")
        target = values.get("src") or values.get("href")
        if target:
            loads = tag in _LOADS or (tag == "link" and values.get("rel") in _LOADED_LINKS)
            (self.loads if loads else self.links).append(target)


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """What was looked at in a site, its size in bytes, and what is wrong."""

    pages: int
    links: int
    size: int
    faults: tuple[str, ...]


def check_site(site: Path) -> SiteCheck:
    """Look at every page: each address in the site must be there, and nothing come from outside."""
    pages = {path: SitePage(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    faults = [
        f"{path.relative_to(site)}: {words}"
        for path, page in pages.items()
        for words in _faults(path, page, pages)
    ]
    links = sum(len(page.links) + len(page.loads) for page in pages.values())
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    return SiteCheck(len(pages), links, size, tuple(faults))


def _faults(path: Path, page: SitePage, pages: dict[Path, SitePage]) -> Iterator[str]:
    for target in page.loads:
        if urlsplit(target).scheme not in ("", "data") or target.startswith("//"):
            yield f"loads {target} from elsewhere"
    for target in dict.fromkeys([*page.links, *page.loads]):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not file.is_file():
            yield f"no file {target}"
        elif file in pages and unquote(parts.fragment) not in pages[file].anchors:
            yield f"no anchor {target}"


def main(folder: str) -> int:
    """Say what was looked at and what is wrong; the exit code is 0 where nothing is."""
    checked = check_site(Path(folder).resolve())
    print(f"{checked.pages} pages, {checked.links:,} links, {checked.size / 1e6:.1f} MB")
    for words in checked.faults:
        print(words, file=sys.stderr)
    return 0 if checked.pages and not checked.faults else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
