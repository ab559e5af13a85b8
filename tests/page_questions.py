"""Questions that a page in a browser is asked, and the server's answers to them."""

import json
from base64 import b64encode
from typing import Any

from cardiogram.app import App
from cardiogram.app.api import all_endpoints, answer_question, read_question
from cardiogram.errors import CardiogramError

CARD = "---\nlicense: mit\n---\n# Otter 😀\n\nA router. max_position_embeddings is 512.\n\n#Usage\n"
CONFIG = b'{"architectures": ["BertForSequenceClassification"], "max_position_embeddings": 256}'
DROPPED = {
    "text": CARD,
    "source": "dropped",
    "files": [
        {"path": "config.json", "size": len(CONFIG), "data": b64encode(CONFIG).decode()},
        {
            "path": "README.md",
            "size": len(CARD.encode()),
            "data": b64encode(CARD.encode()).decode(),
        },
    ],
}
QUESTIONS: list[tuple[str, Any]] = [
    ("/api/rate", {"text": CARD, "id": "me/otter"}),
    ("/api/rate", {"text": CARD, "detail": "short"}),
    ("/api/rate", {"text": "# Words\n", "of": "dataset"}),
    ("/api/lint", {"text": CARD, "select": "CG1", "more": [1, {"a": None}]}),
    ("/api/facts", {"card": DROPPED}),
    ("/api/verify", {"card": DROPPED}),
    ("/api/improve", {"card": DROPPED}),
    ("/api/improve", {"card": {"text": CARD}, "answers": {"usage": "Call it."}, "by": "Me"}),
]


def ask_server(app: App, path: str, question: str) -> Any:
    """What the server's own reading and writing give; None for a refusal."""
    endpoint = next(each for each in all_endpoints() if each.path == path)
    try:
        asked = read_question(endpoint, question.encode("utf-8", "surrogatepass"), {})
        return json.loads(answer_question(endpoint, app, asked))
    except CardiogramError:
        return None
