"""Metadata blocks as authors, tools and mistakes write them, and how js-yaml 4 reads them.

The Hub's error texts are js-yaml's. What it says of each block is kept in js_yaml.json, so that no
test needs Node; `python tests/reference/yaml_blocks.py` asks js-yaml again and writes the file.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from cardiogram.text import split_front_matter

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"  # js-yaml is among its packages of development
ANSWERS = Path(__file__).with_name("js_yaml.json")
_READ = """
const yaml = require('js-yaml')
const number = (n) => (Number.isNaN(n) ? '.nan' : n < 0 ? '-.inf' : '.inf')
const plain = (key, v) => (typeof v === 'number' && !Number.isFinite(v) ? number(v) : v)
const read = (block) => {
    try { return { block, value: yaml.load(block) ?? null } }
    catch (error) { return { block, error: error.reason } }
}
const blocks = JSON.parse(require('fs').readFileSync(0, 'utf8'))
console.log(JSON.stringify(blocks.map(read), plain))
"""
SCALARS = """
mit | apache-2.0 | en | no | yes | on | off | y | n | true | True | TRUE | false | null
Null | ~ | - | 3 | -3 | +3 | 007 | 0o17 | 017 | 0x1F | 0b101 | 1_000 | 1e3 | 1e-3 | 1.5 | .5
5. | -.inf | .nan | 1:30 | 12:30:45 | 2024-01-31 | 2024-1-3 | 2024-01-31T10:00:00Z | 1.0.0
3.10 | 12e03 | 1.5e+10 | 0.0 | -0 | 'no' | "no" | 'it''s' | "a\\tb" | "\\x41" | "\\u00e9"
"bad \\q" | 'open | "open | 'a' b | "a" b | "" | '' | a: b | a:b | a:  | :a | a # b | a#b
#a | - a | -a | ? a | ?a | @a | `a` | %a | !a | !!str 3 | !!int 3 | !!int x | !!float 1
!!bool yes | !!null x | !!python/tuple [1] | !river a | !<tag:yaml.org,2002:str> 3 | &a x
*a | & x | * | [a, b] | [a, b,] | [a,, b] | [a b] | [a: b] | [a, b | a] | {a: 1} | {a: 1,}
{a, b} | {a: 1, a: 2} | {a: b: c} | {a: 1 | {"a":1} | [[a], [b]] | [*a] | [] | {} | [{}]
{ } | [ ] | a, b | a] b | https://x.org/a: b | https://x.org | C:\\\\rivers | 50% | é | 河
🦦 | a\u00a0b | a\u2028b | a\ufeffb | \u00a0 | !!set {a, b} | !!omap [a: 1]
!!timestamp 2024-01-31 | <<: a | << | =
""".replace("\n", " | ")
"""Scalars and flow collections, read as the value of a key and as an entry of a list."""

SHAPES = (
    "",
    "\n",
    "# only a comment\n",
    "just words\n",
    "- a\n- b\n",
    "license: mit\nlicense: mit\n",
    "a:\n  b: 1\n  b: 2\n",
    "a:\n- b: 1\n  b: 2\n",
    "1: a\n1: b\n",
    "1: a\n'1': b\n",
    "true: a\n'true': b\n",
    "~: a\nnull: b\n",
    "a: 1\n b: 2\n",
    " a: 1\n b: 2\n",
    "a: 1\n  b: 2\n",
    "a:\n b: 1\n  c: 2\n",
    "a:\n  b: 1\n c: 2\n",
    "a:\n- b\n- c\n",
    "a:\n  - b\n - c\n",
    "a:\n- b\n  - c\n",
    "a: - b\n",
    "a:\n-b\n-c\n",
    "a:\tb\n",
    "a: \tb\n",
    "\ta: b\n",
    "a:\n\tb: c\n",
    "a:\n\t- b\n",
    "a:\n-\tb\n",
    "a:\n- \tb\n",
    "a:\n-\tb: 1\n-\tc: 2\n",
    "a:\n  -\tb\n  -\tc # d\n",
    "a: b\t# c\n",
    "a: b \n\nc: d\t\n",
    "a: [b,\n c,\n d]\n",
    "a: [b,\nc]\n",
    "a: {b: 1,\n c: 2}\n",
    "a: [b, # c\n d]\n",
    "a: >\n  b\n  c\n",
    "a: >-\n  b\n\n  c\n",
    "a: |\n  b\n  c\n",
    "a: |-\n  b\n   c\n",
    "a: |+\n  b\n\n",
    "a: |2\n    b\n",
    "a: |\nb: c\n",
    "a: >\n b\n  c\n d\n",
    "a: | # why\n  b\n",
    "a: |x\n  b\n",
    "a: b\n c\n  d\n",
    "a: 'b\n  c'\n",
    "a: 'b\nc'\n",
    'a: "b\n  c"\n',
    'a: "b\\\n  c"\n',
    "a:\nb:\nc: d\n",
    "a: b: c\n",
    "a\nb: c\n",
    "a b\n",
    "a:b\n",
    "a: b\n---\nc: d\n",
    "a: b\n...\n",
    "--- \na: b\n",
    "%YAML 1.2\n---\na: b\n",
    "a: &x b\nc: *x\n",
    "a: &x [1, 2]\nb: *x\nc: *x\n",
    "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n",
    "a: &x {b: 1}\nc:\n  b: 3\n  <<: *x\n",
    "a: &x {b: 1}\ne: &y {b: 2, f: 3}\nc:\n  <<: [*x, *y]\n",
    "a: &x b\nc:\n  <<: *x\n",
    "a: &x 1\nb: &x 2\nc: *x\n",
    "c: *x\na: &x b\n",
    "? a\n: b\n",
    "? [a, b]\n: c\n",
    "? {a: b}\n: c\n",
    "? a\n? b\n",
    "[a, b]: c\n",
    "'a': 1\n\"b\": 2\n",
    "'a' : 1\n",
    '"a":1\n',
    "a : 1\n",
    "a: 1 # b\n#c\nd: 2\n",
    "a: 1\n  # b\nc: 2\n",
    "a: 'b' # c\n",
    "a: 'b'# c\n",
    "a: !!str\nb: c\n",
    "a: !!str\n  b\n",
    "a: !x\n  b: c\n",
    "a: \x01\n",
    "a: \x7f\n",
    "a: \x85b\n",
    "a: b\x0cc\n",
    "a: b\rc: d\r",
    "a: b\r\nc:\r\n- d\r\n",
    "__proto__: a\n",
    "constructor: a\n",
    "a: " + "[" * 20 + "]" * 20 + "\n",
    "a: b\n}\n",
    "a: b\n]\n",
    "{a: b}\n",
    "{a: b}\nc: d\n",
    "a: {b: [c, {d: e}]}\n",
    "a: [b: c, d]\n",
    "a: [? b : c]\n",
    "tags:\n- a\nb\n",
    "tags:\n- a\n-\n- c\n",
    "tags:\n- - a\n  - b\n- c\n",
    "tags:\n-   a: 1\n    b: 2\n-   c\n",
    "widget:\n- text: a: b\n",
    "widget:\n- text: \"a: b\"\n  example_title: 'c'\n",
    "widget:\n- text: What is this? It's #1\n",
    "widget:\n- text: [MASK] is a river.\n",
    "widget:\n- text: <mask> is a river.\n",
    "widget:\n- text: {{user}} asks\n",
    "license: {{ license }}\n",
    "license: [More Information Needed]\n",
    "inference: false\nmodel-index:\n- name: a\n  results: []\n",
)
"""Blocks, most of them one mistake or one way of writing."""

_KEYS = ("license", "language", "tags", "datasets", "base_model", "metrics", "pipeline_tag")
_WORDS = (
    "mit",
    "en",
    "no",
    "3.10",
    "river: sounds",
    "'a'",
    '"b"',
    "- x",
    "é",
    "a#b",
    "#c",
    "*",
    "~",
)
_INDENTS = ("", "  ", "    ", "\t")


def scalar_blocks() -> Iterator[str]:
    """Each scalar of :data:`SCALARS` as the value of a key, each second in a list."""
    scalars = [one.strip(" ") for one in SCALARS.split(" | ") if one.strip(" ")]
    for number, scalar in enumerate(scalars):
        yield f"a: {scalar}\n"
        if number % 2:
            yield f"tags:\n- {scalar}\n- b\n"


def random_blocks(count: int = 60) -> Iterator[str]:
    """Blocks of several keys in mixed styles, some broken."""
    rng = random.Random(18)
    for _ in range(count):
        yield "".join(_random_key(rng) for _ in range(rng.randint(1, 4)))


def _random_key(rng: random.Random) -> str:
    key, values = rng.choice(_KEYS), rng.sample(_WORDS, rng.randint(1, 3))
    style = rng.randrange(4)
    if style == 0:
        return f"{key}: {values[0]}\n"
    if style == 1:
        return f"{key}: [{', '.join(values)}]\n"
    if style == 2:
        return f"{key}: |\n" + "".join(f"  {value}\n" for value in values)
    indent = rng.choice(_INDENTS)
    return f"{key}:\n" + "".join(f"{indent}- {value}\n" for value in values)


def collected_blocks() -> Iterator[str]:
    """The metadata of the sample's cards."""
    for file in sorted((ROOT / "examples" / "sample").glob("*/*/README.md")):
        block = split_front_matter(file.read_text("utf-8")).front_matter
        if block is not None:
            yield block


def all_blocks() -> list[str]:
    """Every block once."""
    blocks = [*SHAPES, *scalar_blocks(), *random_blocks(), *collected_blocks()]
    return list(dict.fromkeys(blocks))


def can_ask() -> bool:
    """Whether Node and js-yaml are here."""
    return shutil.which("node") is not None and (FRONTEND / "node_modules" / "js-yaml").is_dir()


def ask_js_yaml(blocks: list[str]) -> list[dict[str, object]]:
    """What js-yaml makes of blocks: each with its `value`, or with the `error` that it raises."""
    done = subprocess.run(
        ["node", "--eval", _READ],
        cwd=FRONTEND,
        input=json.dumps(blocks),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answers: list[dict[str, object]] = json.loads(done.stdout)
    return answers


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(answer) for answer in ask_js_yaml(all_blocks()))
    ANSWERS.write_text(f"[\n{lines}\n]\n", "utf-8")
