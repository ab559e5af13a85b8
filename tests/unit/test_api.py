import inspect
import re
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

import cardiogram

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", cardiogram.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    found = getattr(cardiogram, name)
    assert found.__name__ in (name, f"cardiogram.{name}")  # of a folder of that name
    assert found.__doc__
    assert name in dir(cardiogram)


def test_a_wrong_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cardiogram.nothing


def test_the_import_is_light() -> None:
    heavy = {
        "numpy",
        "pyarrow",
        "huggingface_hub",
        "httpx2",
        "click",
        "rich",
        "yaml",
        "pyromark",
        "scipy",
        "sklearn",
    }
    code = f"import sys, cardiogram; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout == "[]\n"


def test_the_readme_tells_python_that_runs(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    snippets = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert snippets
    (tmp_path / "README.md").write_text("# A model\n\nWords.\n", "utf-8")
    for snippet in snippets:
        found = subprocess.run(
            [sys.executable, "-c", snippet],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
        assert re.match(r"Score\(value=[1-5], expected=", found.stdout)


def test_a_folder_of_a_functions_name_is_called_and_stays_a_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(cardiogram.__dict__, "check", raising=False)  # nobody has asked for it yet
    assert inspect.signature(cardiogram.check) == inspect.signature(cardiogram.check.check)
    assert (cardiogram.check.__doc__ or "").startswith("Rate one card")
    code = """
import cardiogram.check.targets as first
import cardiogram
try:
    cardiogram.check("no such file")
except cardiogram.CardiogramError as error:
    print(error)
import cardiogram.check.targets as last, cardiogram.track
assert first is last is cardiogram.check.targets
assert callable(cardiogram.check) and callable(cardiogram.track) and not callable(cardiogram.hub)
"""
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.startswith("no file 'no such file'")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tracebacks have no notes")
def test_a_traceback_says_what_to_do() -> None:
    with pytest.raises(cardiogram.CardiogramError) as caught:
        cardiogram.check("no such file")
    assert traceback.format_exception(caught.value)[-1].startswith("Give a README.md, a folder")
