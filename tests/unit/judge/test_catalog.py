"""The list of judges says what they say of themselves, and loads none of them."""

import subprocess
import sys

from cardiogram.judge.catalog import list_judges
from cardiogram.judge.dataset_cards.judge import UNMEASURED, DatasetJudge
from cardiogram.judge.embedded.judge import embedded_judge

LIGHT = """
import sys
from cardiogram.judge import list_judges, load_rubric
load_rubric(), list_judges()
print(*{"numpy", "pyarrow", "yaml", "huggingface_hub"} & set(sys.modules))
"""


def test_the_built_in_judges_are_listed_as_they_are() -> None:
    built_in, checklist, *_ = list_judges()
    judge, rules = embedded_judge(), DatasetJudge()
    assert (built_in.id, built_in.version) == (judge.id, judge.version)
    assert judge.rubric_version in built_in.note
    assert (checklist.id, checklist.version) == (rules.id, rules.version)
    assert checklist.note.endswith(f"rubric {rules.rubric_version}: {UNMEASURED}")


def test_rubric_and_list_need_no_array_and_no_table() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("\n", "")
