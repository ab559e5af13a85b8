"""Cards that contradict themselves, in the shapes that real cards have; no file is at hand."""

from __future__ import annotations

import pytest

from cardiogram.cards import parse_card
from cardiogram.repository.contradictions import find_contradictions
from cardiogram.repository.fact import RepositoryFacts

GGUF = (
    "This model was converted to GGUF format from "
    "[`quill/crow-7b`](https://huggingface.co/quill/crow-7b)."
)
RESULTS = (
    "model-index:\n- name: r\n  results:\n  - task: {type: text-classification}\n"
    "    dataset: {name: n, type: quill/n, split: validation, args: default}\n"
    "    metrics:\n    - {name: Accuracy, type: accuracy, value: 0.91}\n"
)
LIST = "It achieves the following results on the evaluation set:\n- Loss: 0.3\n- Accuracy: {}\n"
LOG = (
    "| Training Loss | Epoch | Step | Validation Loss |\n|---|---|---|---|\n"
    "| 0.5 | 1.0 | 100 | 0.4 |\n| 0.4 | 8.0 | 800 | 0.3 |\n"
)
BATCHES = (
    "- train_batch_size: 8\n- gradient_accumulation_steps: {}\n- num_devices: 2\n- "
    "total_train_batch_size: 64\n"
)


def kinds(front: str, words: str, id: str = "quill/rook-large") -> list[str]:
    card = parse_card(f"---\n{front}---\n# Rook\n\n{words}\n", id=id)
    return [c.kind for c in find_contradictions(card, RepositoryFacts(""))]


@pytest.mark.parametrize(
    ("front", "words", "kind"),
    [
        ("license: mit\n", "## License\n\nApache 2.0", "licence"),
        ("license: llama3\n", "- **License**: Apache-2.0", "licence"),
        ("language: nl\n", "- **Language(s) (NLP):** German", "language"),
        ("base_model: quill/heron\n", GGUF, "base_model"),
        ("base_model: quill/heron\n",
         "This is a fine-tuned version of quill/crow-7b.", "base_model"),
        ("language: en\n",
         '```python\nAutoModel.from_pretrained("quill/rook-large-v1")\n```', "repository"),
        (RESULTS, LIST.format("0.8412"), "metric"),
        ("license: mit\n", "- num_epochs: 3\n\n" + LOG, "epochs"),
        ("license: mit\n", BATCHES.format(8), "total_batch_size"),
        ("license: mit\n",
         "- Vocabulary size: 320\n\nIts vocabulary has 500 entries.", "vocabulary"),
        ("pipeline_tag: translation\n",
         '```python\npipeline("fill-mask", model="quill/rook-large")\n```', "task"),
        ("base_model: quill/heron\n", "This model was trained from scratch.", "base_relation"),
    ],
)  # fmt: skip
def test_a_card_contradicts_itself(front: str, words: str, kind: str) -> None:
    assert kinds(front, words) == [kind]


@pytest.mark.parametrize(
    ("front", "words"),
    [
        ("license: cc-by-nc-4.0\n", "- **License:** CC BY-NC 4.0"),
        ("license: cc\n", "- **License:** CC-BY-NC"),
        ("license: openrail\n", "It is licensed under the CreativeML OpenRAIL-M license."),
        ("license: mit\n", "The data are released under CC BY 4.0."),
        ("language: [de, en]\n", "- **Language(s) (NLP):** German"),
        ("language: en\n", "- **Language(s) (NLP):** English (US)"),
        ("base_model: quill/crow-7b\n", GGUF),
        ("base_model: quill/crow\n",
         "A GGUF of quill/crow, a model that was fine-tuned from quill/egg."),
        ("language: en\n", '```python\nAutoModel.from_pretrained("quill/crow")\n```'),
        (RESULTS, LIST.format("0.9100")),
        (RESULTS, LIST.format("0.9100") + "\nOn the test set the accuracy is 0.72."),
        (RESULTS.replace(", args: default", "").replace("validation", "test"), LIST.format("0.84")),
        (RESULTS.replace("value: 0.91", "value: 0.91, verified: true"), LIST.format("0.84")),
        ("license: mit\n", "- num_epochs: 8\n\n" + LOG),
        ("license: mit\n", BATCHES.format(4)),
        ("license: mit\n", BATCHES.format(4).replace("- num_devices: 2\n", "")),
        ("pipeline_tag: summarization\n",
         '```python\npipeline("text2text-generation", model="quill/rook-large")\n```'),
        ("base_model: quill/heron\n", "The base model was trained from scratch."),
        ("license: mit\n", "Rook has 7B parameters.\n\n## Original model card: Crow\n\n"
         "# Crow\n\nThis model has 70B parameters.\n\n## License\n\nApache 2.0"),
    ],
)  # fmt: skip
def test_a_card_agrees_with_itself(front: str, words: str) -> None:
    assert kinds(front, words) == []
