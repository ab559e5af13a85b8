"""Front matter to metadata: what is plain line by line, and all else with a parser of YAML."""

from __future__ import annotations

from cardiogram.cards.metadata import Metadata
from cardiogram.cards.plain_yaml import read_plain_yaml


def parse_metadata(front_matter: str, above: int = 1) -> Metadata:
    """Read a front matter block without trusting it.

    Parameters
    ----------
    front_matter
        YAML between the two ``---`` lines.
    above
        Lines of the card above the block.

    Returns
    -------
    Metadata
        Empty, with a named problem, where the block is not a map or not YAML at all.
    """
    if plain := read_plain_yaml(front_matter):
        lines = {key: line + above + 1 for key, line in plain.lines.items()}
        return Metadata(plain.root, lines, "front_matter")
    from cardiogram.cards.yaml_reader import read_metadata  # it takes a tenth of a check to load

    return read_metadata(front_matter, above)
