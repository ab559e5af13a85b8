"""A Hub of twenty invented models on this machine, for docs/whole-loop.md.

    python examples/loop/small_hub.py

It answers what cardiogram and the `hf` command ask of a model: lists, files, commits, pull
requests and counts. `analytics.csv` in the working folder has the downloads of each day, as the
Hub gives them to an organisation. A POST to /a-month-later merges every open pull request and lets
30 days pass. Whoever meets a changed card stays more often: GAIN_WITH_CODE where it shows code,
else GAIN. Standard library only; nothing here is about a real model.
"""

import base64
import csv
import hashlib
import json
import random
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, unquote, urlsplit

OWNER, SEED, GAIN, GAIN_WITH_CODE = "acme", 0, 1.1, 1.5
PAST, MONTH = 60, 30
BIRDS = (
    "avocet bittern crane dunlin eider finch godwit heron ibis jay kestrel lapwing merlin nuthatch "
    "osprey plover quail raven siskin teal"
).split()
AGE = 300  # days of each repository before the first that is counted
CARD = """---
license: apache-2.0
library_name: transformers
---
# {name}

We sort {what} with it.

## Training data

[More Information Needed]
"""
MORE = (
    "",
    "\n## Limitations\n\nIt fails on texts of fewer than five words, and on two languages.\n",
    "\n## Results\n\nMacro F1 0.81 on 1,000 held-out texts; always the first class has 0.22.\n",
)
TOPICS = ("support tickets", "product reviews", "field notes", "emails to the library")
LABELS = (("billing", "delivery", "returns"), ("praise", "complaint"), ("seen", "heard", "nest"))


def weights():
    """A safetensors file of a model that could be loaded: two layers, all zeros."""
    header, size = {}, 0
    shapes = {"bert.embeddings.word_embeddings.weight": [64, 8], "classifier.weight": [3, 8]}
    for name, shape in shapes.items():
        length = 4 * shape[0] * shape[1]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [size, size + length]}
        size += length
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(size)


def files_of(number, name):
    """What a model's repository holds at first; a third of them lack what code needs."""
    labels = LABELS[number % len(LABELS)]
    config = {
        "architectures": ["BertForSequenceClassification"],
        "model_type": "bert",
        "max_position_embeddings": 512,
        "id2label": dict(enumerate(labels)),
        "transformers_version": "4.57.1",
    }
    card = CARD.format(name=name.capitalize(), what=TOPICS[number % len(TOPICS)])
    files = {
        "README.md": (card + MORE[number % len(MORE)]).encode(),
        "config.json": json.dumps(config, indent=2).encode(),
        "model.safetensors": weights(),
    }
    if number % 3:
        files["tokenizer.json"] = b'{"model": {"type": "WordPiece", "vocab": {}}}'
        files["tokenizer_config.json"] = b'{"tokenizer_class": "BertTokenizer"}'
    return files


def blob_id(data):
    """Git's id of a file."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass
class Commit:
    """A state of a repository."""

    oid: str
    title: str
    date: str
    tree: dict


@dataclass
class Pull:
    """A pull request."""

    num: int
    title: str
    text: str
    tree: dict
    date: str
    status: str = "open"


@dataclass
class Model:
    """A model: its commits, oldest first, its pull requests, and its downloads day by day."""

    id: str
    commits: list = field(default_factory=list)
    pulls: list = field(default_factory=list)
    daily: list = field(default_factory=list)
    level: float = 0.0
    gain: float = 1.0

    @property
    def hub_id(self):
        return hashlib.sha1(self.id.encode()).hexdigest()[:24]

    def commit(self, tree, title, moment):
        files = sorted((path, blob_id(data)) for path, data in tree.items())
        oid = hashlib.sha1(f"{self.id} {len(self.commits)} {files}".encode()).hexdigest()
        self.commits.append(Commit(oid, title, moment, dict(tree)))

    def at(self, revision):
        return next((c for c in self.commits if c.oid == revision), self.commits[-1])

    def last_change(self, path, commit):
        """The commit that wrote a file as it is at a commit."""
        line = self.commits[: self.commits.index(commit) + 1]
        wrote = line[-1]
        for earlier in reversed(line):
            if earlier.tree.get(path) != commit.tree.get(path):
                break
            wrote = earlier
        return wrote


class World:
    """All models and the day."""

    def __init__(self, analytics):
        self.analytics, self.lock = Path(analytics), Lock()
        self.first = datetime.now(timezone.utc).date() - timedelta(PAST)
        self.today, self.draw = self.first, random.Random(SEED)
        self.models = {}
        self.made = f"{self.first - timedelta(AGE)}T12:00:00.000Z"
        for number, name in enumerate(BIRDS):
            model = Model(f"{OWNER}/{name}", level=self.draw.uniform(40, 400))
            model.commit(files_of(number, name), "Upload", self.made)
            self.models[model.id] = model
        self.pass_days(PAST)

    def pass_days(self, number):
        """Downloads of some days more, and the owner's analytics of all days until then."""
        for _ in range(number):
            week = 1.1 if (self.today - self.first).days % 7 < 5 else 1.0
            for model in self.models.values():
                model.level *= self.draw.lognormvariate(0, 0.03)
                noise = self.draw.gauss(1, 0.2)
                model.daily.append(max(0, round(model.level * model.gain * week * noise)))
            self.today += timedelta(1)
        with self.analytics.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("repoType", "repoName", "total", "timestamp", "downloads"))
            for model in self.models.values():
                for day, downloads in enumerate(model.daily):
                    total = sum(model.daily[: day + 1])
                    writer.writerow(
                        ("model", model.id, total, self.first + timedelta(day), downloads)
                    )

    def a_month_later(self):
        """Merge what is open; 30 days pass."""
        merged = 0
        for model in self.models.values():
            for pull in (p for p in model.pulls if p.status == "open"):
                self.merge(model, pull)
                merged += 1
        self.pass_days(MONTH)
        return {"merged": merged, "today": str(self.today)}

    def merge(self, model, pull):
        model.commit(pull.tree, f"{pull.title} (#{pull.num})", self.now())
        pull.status = "merged"
        model.gain = GAIN_WITH_CODE if b"```python" in pull.tree["README.md"] else GAIN
        return {}

    def now(self):
        """The moment, on the day that it is here."""
        clock = datetime.now(timezone.utc).time()
        return datetime.combine(self.today, clock).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def view(self, model):
        """A model as the Hub describes it."""
        head, total = model.commits[-1], sum(model.daily)
        return {
            "_id": model.hub_id,
            "id": model.id,
            "modelId": model.id,
            "author": OWNER,
            "sha": head.oid,
            "createdAt": self.made,
            "lastModified": head.date,
            "private": False,
            "gated": False,
            "disabled": False,
            "downloads": sum(model.daily[-30:]),
            "downloadsAllTime": 5000 + total,
            "likes": 3 + total // 4000,
            "trendingScore": 0,
            "library_name": "transformers",
            "pipeline_tag": "text-classification",
            "tags": ["transformers", "safetensors", "bert", "text-classification"],
            "siblings": [
                {"rfilename": path, "size": len(data), "blobId": blob_id(data)}
                for path, data in sorted(head.tree.items())
            ],
            "spaces": [],
            "childrenModelCount": 0,
        }


def pull_view(model, pull):
    """A pull request as the Hub describes it."""
    comment = {"type": "comment", "data": {"latest": {"raw": pull.text}}}
    return {
        "num": pull.num,
        "title": pull.title,
        "status": pull.status,
        "author": {"name": OWNER},
        "repo": {"name": model.id, "type": "model"},
        "isPullRequest": True,
        "createdAt": pull.date,
        "events": [
            {"id": "0", "author": {"name": OWNER}, "createdAt": pull.date, **comment},
        ],
        "filesWithConflicts": [],
        "changes": {"base": "refs/heads/main"},
    }


class Missing(Exception):
    """What was asked for is not here: the Hub's own code says what."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request after another."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.handle_with({})

    do_HEAD = do_GET

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length)
        if "form-urlencoded" in self.headers.get("Content-Type", ""):
            self.handle_with(parse_qs(text.decode()))
        elif "ndjson" in self.headers.get("Content-Type", ""):
            self.handle_with([json.loads(line) for line in text.splitlines() if line.strip()])
        else:
            self.handle_with(json.loads(text or b"{}"))

    def handle_with(self, body):
        address = urlsplit(self.path)
        self.query = {key: values[-1] for key, values in parse_qs(address.query).items()}
        parts = [unquote(part) for part in address.path.strip("/").split("/")]
        try:
            with self.server.world.lock:
                answer = self.answer(parts, body)
        except Missing as missing:
            self.say(404, json.dumps({"error": "Not found"}), {"X-Error-Code": str(missing)})
        else:
            if answer is not None:
                self.say(200, json.dumps(answer), {"Content-Type": "application/json"})

    def say(self, status, body, headers):
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {**headers, "Content-Length": len(data)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_):
        pass

    def answer(self, parts, body):
        """The JSON that a request gets; None where it was answered as a file."""
        world = self.server.world
        match parts:
            case ["a-month-later"] if self.command == "POST":
                return world.a_month_later()
            case ["api", "whoami-v2"]:
                token = {"accessToken": {"role": "write"}}
                return {"type": "user", "name": OWNER, "orgs": [], "auth": token}
            case ["api", "validate-yaml"]:
                return {"errors": [], "warnings": []}
            case ["api", "models"]:
                wanted = self.query.get("author", OWNER)
                return [world.view(m) for m in world.models.values() if wanted == OWNER]
            case ["api", "models", owner, name, *rest]:
                return self.of_model(self.model(owner, name), rest, body)
            case [owner, name, "discussions", number]:
                pull = self.pull(self.model(owner, name), number)
                text = f"{pull.title} ({pull.status})\n\n{pull.text}\n"
                return self.say(200, text, {"Content-Type": "text/plain; charset=utf-8"})
            case [owner, name, "resolve" | "raw", revision, *path]:
                return self.file(self.model(owner, name).at(revision), "/".join(path))
        raise Missing("RepoNotFound")

    def model(self, owner, name):
        try:
            return self.server.world.models[f"{owner}/{name}"]
        except KeyError:
            raise Missing("RepoNotFound") from None

    def pull(self, model, number):
        for pull in model.pulls:
            if str(pull.num) == number:
                return pull
        raise Missing("EntryNotFound")

    def file(self, commit, path):
        if path not in commit.tree:
            raise Missing("EntryNotFound")
        data = commit.tree[path]
        headers = {"ETag": f'"{blob_id(data)}"', "X-Repo-Commit": commit.oid}
        span = self.headers.get("Range", "").removeprefix("bytes=").split("-")
        if len(span) == 2 and span[0]:
            first, last = int(span[0]), min(int(span[1] or len(data)), len(data) - 1)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
            self.say(206, data[first : last + 1], headers)
        else:
            self.say(200, data, headers)

    def of_model(self, model, rest, body):
        match rest:
            case [] | ["revision", _]:
                return self.server.world.view(model)
            case ["commits", _]:
                first_page = self.query.get("p", "0") == "0"
                line = reversed(model.commits) if first_page else []
                return [{"id": c.oid, "title": c.title, "date": c.date} for c in line]
            case ["refs"]:
                return {"branches": [], "tags": [], "converts": []}
            case ["tree", revision, *_]:
                commit = model.at(revision)
                return [self.entry(model, commit, path) for path in sorted(commit.tree)]
            case ["paths-info", revision]:
                commit, paths = model.at(revision), body["paths"]
                paths = paths if isinstance(paths, list) else [paths]
                return [self.entry(model, commit, path) for path in paths if path in commit.tree]
            case ["preupload", _]:
                files = [{"path": f["path"], "uploadMode": "regular"} for f in body["files"]]
                return {"files": [{**file, "shouldIgnore": False} for file in files]}
            case ["commit", _]:
                return self.open_pull(model, body)
            case ["discussions"]:
                kinds = ("all", "pull_request")
                shown = [*reversed(model.pulls)] if self.query.get("type", "all") in kinds else []
                rows = [pull_view(model, pull) for pull in shown]
                return {"discussions": rows, "count": len(rows), "start": 0}
            case ["discussions", number, "merge"] if self.command == "POST":
                return self.server.world.merge(model, self.pull(model, number))
            case ["discussions", number]:
                return pull_view(model, self.pull(model, number))
        raise Missing("EntryNotFound")

    def entry(self, model, commit, path):
        data, last = commit.tree[path], model.last_change(path, commit)
        wrote = {"id": last.oid, "title": last.title, "date": last.date}
        entry = {"type": "file", "path": path, "oid": blob_id(data), "size": len(data)}
        return {**entry, "lastCommit": wrote}

    def open_pull(self, model, lines):
        """A commit, which becomes a pull request: nothing goes to main without one here."""
        world, tree, header = self.server.world, dict(model.commits[-1].tree), {}
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                header = value
            elif line["key"] == "file":
                tree[value["path"]] = base64.b64decode(value["content"])
        title, text = header.get("summary", ""), header.get("description", "")
        pull = Pull(len(model.pulls) + 1, title, text, tree, world.now())
        model.pulls.append(pull)
        place = f"http://{self.headers['Host']}/{model.id}"
        made = {"success": True, "commitOid": "0" * 40, "commitUrl": f"{place}/commit/{'0' * 40}"}
        return {**made, "pullRequestUrl": f"{place}/discussions/{pull.num}"}


def serve(analytics="analytics.csv", port=0):
    """The server, not yet running."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.world = World(analytics)
    return server


def greet(server):
    """What to do with it."""
    return (
        f"{len(BIRDS)} models of {OWNER}; their downloads are in {server.world.analytics}. "
        "In another shell:\n"
        f"export HF_ENDPOINT=http://127.0.0.1:{server.server_port} HF_TOKEN=hf_{OWNER} "
        'XDG_STATE_HOME="$PWD/state"'
    )


if __name__ == "__main__":
    with serve(port=8765) as server, suppress(KeyboardInterrupt):
        print(greet(server), flush=True)
        server.serve_forever()
