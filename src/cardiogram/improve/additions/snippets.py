"""Code that loads this model and prints a result, by library and task.

Each snippet is written against the library's own documentation. It names this repository, imports
what it uses, and runs no code of the repository's own: a model that needs that gets none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from cardiogram.improve.additions.hub_listing import hub_tags, is_of_task, listed
from cardiogram.improve.additions.stating import CardVoice, is_id, is_plain
from cardiogram.lazy import regex
from cardiogram.repository import Fact, holds_weights

_WHEEL = "-any-py3-none-any.whl"
_LORA_FILE = "pytorch_lora_weights.safetensors"
_LARGE = 1e9
_BY_NAME = regex(r"(?<![\d.])[1-9]\d?(?:\.\d)?b(?![a-z])", re.IGNORECASE)
_FILE = regex(r"[\w./+-]{1,200}")
_TEXT_PIPELINES = {
    "text-classification": "classifier",
    "token-classification": "tagger",
    "text-generation": "generator",
}
_OTHER_PIPELINES = {
    "automatic-speech-recognition": ("transcriber", "speech.wav", '["text"]'),
    "image-classification": ("classifier", "picture.jpg", ""),
    "audio-classification": ("classifier", "sound.wav", ""),
    "object-detection": ("detector", "picture.jpg", ""),
    "image-segmentation": ("segmenter", "picture.jpg", ""),
    "depth-estimation": ("estimator", "picture.jpg", '["depth"]'),
}
_ADAPTED = {
    "CAUSAL_LM": "AutoPeftModelForCausalLM",
    "SEQ_2_SEQ_LM": "AutoPeftModelForSeq2SeqLM",
}
_SEQUENCES = regex(
    r"u?mt5|t5|longt5|m?bart|marian|(?:bigbird_)?pegasus(?:_x)?|m2m_100|led|prophetnet|plbart"
)
_ASKED = frozenset(
    (*_TEXT_PIPELINES, *_OTHER_PIPELINES, "fill-mask", "text2text-generation", "translation")
)
"""Tasks of which it is known what their code loads."""
_WITH_BOXES = regex(r"(?:LayoutLM|LiLT|Lilt|Bros|MarkupLM|Udop|Tapas)\w*")
"""Classes that take more than a text."""
_TOKENIZER = regex(
    r"tokenizer\.(?:json|model)|vocab\.(?:json|txt|bpe|spm)|(?:spiece|spm|sentencepiece\.bpe)\.model"
    r"|source\.spm|(?:entity_)?vocab-\w+\.json|prophetnet\.tokenizer"
)
_PROCESSOR = regex(r"(?:pre)?processor_config\.json")
_ADAPTER = regex(r"adapter_model\.(?:safetensors|bin)")
_AGENT = regex(r"(ppo|a2c|dqn|sac|td3|ddpg)(?=[-_.])[\w.-]*\.zip", re.IGNORECASE)
_TEMPLATED = "apply_chat_template(messages, add_generation_prompt=True"
_PROMPTED = regex(r"(?:StableDiffusion(?:XL|3)?|Flux|PixArt\w*|Sana|Kandinsky\w*)Pipeline")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code, and what proves that it is the way.

    Attributes
    ----------
    info
        Language of the fence.
    proven
        Lines of it with the facts they rest on.
    """

    code: str
    info: str = "python"
    proven: tuple[tuple[str, tuple[Fact, ...]], ...] = ()


def find_snippets(voice: CardVoice) -> tuple[Snippet, ...]:
    """Snippets for the model; none where its files do not say how it is loaded."""
    if not is_id(voice.view.facts.repo) or voice.view.facts.named("custom_code"):
        return ()
    if gguf := _gguf(voice):
        return gguf
    if lora := _lora(voice):
        return (Snippet(lora),)
    for name, make in _LIBRARIES.items():
        library = next((f for f in voice.facts("library") if f.value == name), None)
        if library is not None:
            code = make(voice)
            return (_proven(code, library, _task(voice)),) if code else ()
    library = listed(voice, "listed_library")
    way = _LIBRARIES.get(str(library.value)) if library else None
    code = way(voice) if way else ""
    return (_proven(code, library, _task(voice)),) if library and code else ()


def why_no_code(voice: CardVoice) -> str:
    """What keeps code from being written, id or no id; "" where nothing known does."""
    if voice.view.facts.named("custom_code"):
        return "it runs the repository's own code"
    own = [fact.value for fact in voice.facts("library")]
    hub = listed(voice, "listed_library")
    library = next((each for each in _LIBRARIES if each in own), hub.value if hub else None)
    task = _task(voice)
    if library != "transformers" or task is None or task.value not in _ASKED:
        return ""
    lacking = " and no ".join(_lacking(voice, str(task.value)))
    return f"no {lacking} among its files" if lacking else ""


def _task(voice: CardVoice) -> Fact | None:
    """The task by the files, or the one under which the Hub lists a model that it can load."""
    return voice.task or listed(voice, "listed_task")


def _proven(code: str, library: Fact, task: Fact | None) -> Snippet:
    lines = code.split("\n")
    package = str(library.value).replace("-", "_")
    own = next((x for x in lines if re.match(rf"(?:from|import) {package}\b", x)), "")
    proven = [(own, (library,))] if own else []
    if task is not None:
        proven += [(x, (task,)) for x in lines if f'pipeline("{task.value}"' in x]
    return Snippet(code, proven=tuple(proven))


def _example(voice: CardVoice) -> str:
    return voice.wording.label("example")


def _transformers(voice: CardVoice) -> str:
    fact, types = _task(voice), hub_tags(voice)
    task, id = (str(fact.value) if fact else ""), voice.view.facts.repo
    if not _is_complete(voice, task):
        return ""
    needs = _needs(voice)
    architecture = voice.fact("architecture")
    if architecture is None and any(map(_SEQUENCES.fullmatch, types)):
        asked = ("text2text-generation", "translation", "summarization")
        return _sequences(voice, id) if task in asked else ""
    if not (is_of_task(voice, task) if architecture is None else _takes_a_text(architecture)):
        return ""
    if task == "text-generation":
        return needs + _generation(voice, id)
    if task in _TEXT_PIPELINES:
        name = _TEXT_PIPELINES[task]
        more = ', aggregation_strategy="simple"' if task == "token-classification" else ""
        return (
            f"{needs}from transformers import pipeline\n\n"
            f'{name} = pipeline("{task}", model="{id}"{more})\n'
            f'print({name}("{_example(voice)}"))'
        )
    if task in _OTHER_PIPELINES:
        name, file, part = _OTHER_PIPELINES[task]
        return (
            f"{needs}from transformers import pipeline\n\n"
            f'{name} = pipeline("{task}", model="{id}")\n'
            f'print({name}("{file}"){part})'
        )
    if task == "fill-mask":
        return (
            f"{needs}from transformers import pipeline\n\n"
            f'unmasker = pipeline("fill-mask", model="{id}")\n'
            f'print(unmasker(f"{_example(voice)} {{unmasker.tokenizer.mask_token}}"))'
        )
    if architecture and re.fullmatch(
        r"(?:T5|MT5|Bart|MBart|Pegasus|Marian|M2M100)\w*", str(architecture.value)
    ):
        return needs + _sequences(voice, id)
    return ""


def _is_complete(voice: CardVoice, task: str) -> bool:
    """Whether transformers is not at odds with the card, and every file it reads is there."""
    if voice.view.card.metadata.values.get("library_name") not in (None, "transformers"):
        return False
    return not _lacking(voice, task)


def _lacking(voice: CardVoice, task: str) -> list[str]:
    """Files that transformers reads for a task and that are not there."""
    files = voice.view.repository.files
    readers = (
        {"preprocessor": _PROCESSOR} if task in _OTHER_PIPELINES else {"tokenizer": _TOKENIZER}
    )
    if task == "automatic-speech-recognition":
        readers["tokenizer"] = _TOKENIZER
    lacking = [name for name, form in readers.items() if not any(map(form.fullmatch, files))]
    return lacking if holds_weights(files) else ["weight file", *lacking]


def _takes_a_text(architecture: Fact) -> bool:
    return _WITH_BOXES.fullmatch(str(architecture.value)) is None


def _needs(voice: CardVoice) -> str:
    """Packages that quantised weights need beside the library."""
    method = voice.fact("method", "quantisation")
    packages = {
        "gptq": "transformers accelerate optimum gptqmodel",
        "awq": "transformers accelerate autoawq",
        "bitsandbytes": "transformers accelerate bitsandbytes",
        "compressed-tensors": "transformers accelerate compressed-tensors",
    }.get(str(method.value) if method else "")
    return f"# pip install {packages}\n" if packages else ""


def _generation(voice: CardVoice, id: str) -> str:
    loading = ', torch_dtype="auto", device_map="auto"' if _is_large(voice) else ""
    text, part = f'"{_example(voice)}"', '[0]["generated_text"]'
    shown = ""
    if voice.fact("chat_template") or "conversational" in hub_tags(voice):
        text = f'[{{"role": "user", "content": {text}}}]'
        part += '[-1]["content"]'
        if voice.fact("chat_template") and not voice.view.facts.named(
            "chat_prompt"
        ):  # what could not be rendered is printed
            shown = f"messages = {text}\nprint(generator.tokenizer.{_TEMPLATED}, tokenize=False))\n"
            text = "messages"
    return (
        "from transformers import pipeline\n\n"
        f'generator = pipeline("text-generation", model="{id}"{loading})\n'
        f"{shown}output = generator({text}, max_new_tokens=200)\n"
        f"print(output{part})"
    )


def _sequences(voice: CardVoice, id: str) -> str:
    return (
        "from transformers import AutoModelForSeq2SeqLM, AutoTokenizer\n\n"
        f'tokenizer = AutoTokenizer.from_pretrained("{id}")\n'
        f'model = AutoModelForSeq2SeqLM.from_pretrained("{id}")\n'
        f'inputs = tokenizer("{_example(voice)}", return_tensors="pt")\n'
        "output = model.generate(**inputs, max_new_tokens=200)\n"
        "print(tokenizer.decode(output[0], skip_special_tokens=True))"
    )


def _is_large(voice: CardVoice) -> bool:
    parameters = voice.fact("parameters")
    quantised = voice.fact("method", "quantisation") is not None
    if parameters is None:
        return quantised or _BY_NAME.search(voice.view.facts.repo) is not None
    return quantised or float(str(parameters.value)) > _LARGE


def _peft(voice: CardVoice) -> str:
    task, base, id = voice.fact("task", "adapter"), voice.fact("base_model"), voice.view.facts.repo
    kind = _ADAPTED.get(str(task.value) if task else "")
    files = voice.view.repository.files
    if kind is None or base is None or not is_id(base.value):
        return ""
    if not any(map(_ADAPTER.fullmatch, files)):
        return ""
    own = any(map(_TOKENIZER.fullmatch, files))
    inputs = f'inputs = tokenizer("{_example(voice)}", return_tensors="pt").to(model.device)\n'
    if own and voice.fact("chat_template"):
        inputs = (
            f'messages = [{{"role": "user", "content": "{_example(voice)}"}}]\n'
            f"inputs = tokenizer.{_TEMPLATED}, return_dict=True, "
            'return_tensors="pt").to(model.device)\n'
        )
    return (
        f"from peft import {kind}\nfrom transformers import AutoTokenizer\n\n"
        f'model = {kind}.from_pretrained("{id}", device_map="auto")\n'
        f'tokenizer = AutoTokenizer.from_pretrained("{id if own else base.value}")\n'
        f"{inputs}output = model.generate(**inputs, max_new_tokens=200)\n"
        "print(tokenizer.decode(output[0], skip_special_tokens=True))"
    )


def _diffusers(voice: CardVoice) -> str:
    pipeline, task = voice.fact("pipeline"), _task(voice)
    classes = [tag[10:] for tag in hub_tags(voice) if tag.startswith("diffusers:")]
    classes = [str(pipeline.value)] if pipeline else classes
    prompted = bool(task and task.value == "text-to-image")
    if not (all(map(_PROMPTED.fullmatch, classes)) if classes else prompted):
        return ""
    stored = next((f for n in ("transformer", "unet") for f in voice.facts("dtype", n)), None)
    named = " ".join(classes) or voice.view.facts.repo
    return _pictures(voice.view.facts.repo, named, stored, "", _example(voice))


def _pictures(id: str, named: str, stored: Fact | None, loading: str, prompt: str) -> str:
    """A picture by a pipeline of diffusers, in 16 bits where it is known to work in them."""
    kind = "bfloat16" if stored is not None and stored.value == "BF16" else "float16"
    unknown = kind == "float16" and "flux" in named.lower()  # Flux overflows in it
    needed, narrow = ("", "") if unknown else ("import torch\n", f", torch_dtype=torch.{kind}")
    return (
        f"{needed}from diffusers import DiffusionPipeline\n\n"
        f'pipeline = DiffusionPipeline.from_pretrained("{id}"{narrow})\n'
        f'{loading}pipeline.to("cuda")\n'
        f'image = pipeline("{prompt}").images[0]\n'
        'image.save("image.png")'
    )


def _lora(voice: CardVoice) -> str:
    """A LoRA that diffusers or kohya's trainer wrote, on the base that is named for it."""
    ranks = voice.view.facts.named("rank", "adapter")
    source = next((s for fact in ranks for s in fact.sources if s.header or s.counted), None)
    bases = [f for f in voice.view.facts.named("base_model") if is_id(f.value)]
    pictures = voice.view.card.metadata.values.get("pipeline_tag") == "text-to-image"
    ours = source is not None and (
        source.header.startswith("ss_") or source.path == _LORA_FILE or pictures
    )
    if source is None or not ours or len(bases) != 1 or not _FILE.fullmatch(source.path):
        return ""
    base = str(bases[0].value)
    if not voice.is_on_hub(base) or '"' in source.path:
        return ""
    loading = (
        f'pipeline.load_lora_weights("{voice.view.facts.repo}", weight_name="{source.path}")\n'
    )
    stored = voice.fact("dtype", "adapter")
    return _pictures(base, base, stored, loading, _trained_prompt(voice))


def _trained_prompt(voice: CardVoice) -> str:
    """The prompt that a LoRA was trained with, by its file or the card's metadata."""
    prompts = [f.value for f in voice.view.facts.named("trigger")]
    prompts.append(voice.view.card.metadata.values.get("instance_prompt"))  # type: ignore[arg-type]
    known = (x.replace('"', "") for x in prompts if isinstance(x, str) and is_plain(x))
    return next(known, _example(voice))


def _sentence_transformers(voice: CardVoice) -> str:
    text = _example(voice)
    return (
        "from sentence_transformers import SentenceTransformer\n\n"
        f'model = SentenceTransformer("{voice.view.facts.repo}")\n'
        f'embeddings = model.encode(["{text}", "{text}"])\n'
        "print(model.similarity(embeddings, embeddings))"
    )


def _setfit(voice: CardVoice) -> str:
    return (
        "from setfit import SetFitModel\n\n"
        f'model = SetFitModel.from_pretrained("{voice.view.facts.repo}")\n'
        f'print(model.predict(["{_example(voice)}"]))'
    )


def _timm(voice: CardVoice) -> str:
    return (
        "import timm\nimport torch\nfrom PIL import Image\n\n"
        f'model = timm.create_model("hf_hub:{voice.view.facts.repo}", pretrained=True).eval()\n'
        "config = timm.data.resolve_model_data_config(model)\n"
        "transform = timm.data.create_transform(**config, is_training=False)\n"
        'picture = Image.open("picture.jpg").convert("RGB")\n'
        "with torch.no_grad():\n"
        "    output = model(transform(picture).unsqueeze(0))\n"
        "print(output.softmax(dim=-1).topk(5))"
    )


def _stable_baselines(voice: CardVoice) -> str:
    """An agent of the algorithm that its file and its card name."""
    agents = [path for path in voice.view.repository.files if path.endswith(".zip")]
    match = _AGENT.fullmatch(agents[0]) if len(agents) == 1 else None
    name = match[1].upper() if match else ""
    if not name or re.search(rf"\b{name}\b", voice.view.card.body, re.IGNORECASE) is None:
        return ""
    return (
        "from huggingface_sb3 import load_from_hub\n"
        f"from stable_baselines3 import {name}\n\n"
        f'checkpoint = load_from_hub("{voice.view.facts.repo}", "{agents[0]}")\n'
        f"model = {name}.load(checkpoint)\n"
        "print(model.policy)"
    )


def _spacy(voice: CardVoice) -> str:
    wheels = [path for path in voice.view.repository.files if path.endswith(_WHEEL)]
    name = wheels[0].removesuffix(_WHEEL) if len(wheels) == 1 else ""
    if not re.fullmatch(r"[a-z]\w{1,60}", name):
        return ""
    place = f"https://huggingface.co/{voice.view.facts.repo}/resolve/main/{wheels[0]}"
    return (
        f"# pip install {place}\n"
        "import spacy\n\n"
        f'nlp = spacy.load("{name}")\n'
        f'doc = nlp("{_example(voice)}")\n'
        "print([(token.text, token.pos_) for token in doc], doc.ents)"
    )


def _keras(voice: CardVoice) -> str:
    if not any(path.endswith((".keras", "metadata.json")) for path in voice.view.repository.files):
        return ""
    return (
        "import keras\n\n"
        f'model = keras.saving.load_model("hf://{voice.view.facts.repo}")\n'
        "model.summary()"
    )


def _open_clip(voice: CardVoice) -> str:
    id = voice.view.facts.repo
    return (
        "import open_clip\nimport torch\nfrom PIL import Image\n\n"
        f'model, preprocess = open_clip.create_model_from_pretrained("hf-hub:{id}")\n'
        f'tokenizer = open_clip.get_tokenizer("hf-hub:{id}")\n'
        'picture = preprocess(Image.open("picture.jpg")).unsqueeze(0)\n'
        f'texts = tokenizer(["{_example(voice)}"])\n'
        "with torch.no_grad():\n"
        "    pictures, words = model.encode_image(picture), model.encode_text(texts)\n"
        "print(torch.nn.functional.cosine_similarity(pictures, words))"
    )


def _sklearn(voice: CardVoice) -> str:
    file = next((f for f in voice.view.facts.named("file") if f.note == "the model"), None)
    form, example = voice.fact("file_format"), voice.fact("example_input")
    if file is None or form is None or form.value != "skops" or not _FILE.fullmatch(file.about):
        return ""
    lines = [
        "from huggingface_hub import hf_hub_download",
        "from skops.io import get_untrusted_types, load",
        "",
        f'path = hf_hub_download("{voice.view.facts.repo}", "{file.about}")',
        "print(get_untrusted_types(file=path))  # look at these before you trust them",
        "model = load(path, trusted=get_untrusted_types(file=path))",
    ]
    if example and isinstance(example.value, dict) and _is_frame(example.value):
        lines.insert(0, "import pandas")
        columns = [f'    "{name}": {_first_two(values)},' for name, values in example.value.items()]
        lines += ["rows = pandas.DataFrame({", *columns, "})", "print(model.predict(rows))"]
    return "\n".join(lines)


def _is_frame(example: dict[str, object]) -> bool:
    return 0 < len(example) <= 40 and all(
        is_plain(name) and '"' not in name and isinstance(values, list) and values
        and all(isinstance(value, int | float) for value in values)
        for name, values in example.items()
    )  # fmt: skip


def _first_two(values: object) -> list[object]:
    return values[:2] if isinstance(values, list) else []


def _gguf(voice: CardVoice) -> tuple[Snippet, ...]:
    """llama.cpp on the command line and from Python, with the smallest file above 4 bits."""
    files = [
        fact
        for fact in voice.view.facts.facts
        if fact.name == "quantisation" and fact.about.endswith(".gguf") and "/" not in fact.about
        and _FILE.fullmatch(fact.about) and "mmproj" not in fact.about
    ]  # fmt: skip
    if not files or voice.fact("architecture") is None:
        return ()
    ranked = sorted(files, key=lambda f: (f.value != "Q4_K_M", f.about))
    id, file = voice.view.facts.repo, ranked[0].about
    text = _example(voice)
    shell = f'llama-cli --hf-repo {id} --hf-file {file} -p "{text}" -n 200'
    load = f'model = Llama.from_pretrained(repo_id="{id}", filename="{file}")\n'
    if voice.fact("chat_template"):
        call = (
            f'messages = [{{"role": "user", "content": "{text}"}}]\n'
            "output = model.create_chat_completion(messages, max_tokens=200)\n"
            'print(output["choices"][0]["message"]["content"])'
        )
    else:
        call = f'output = model("{text}", max_tokens=200)\nprint(output["choices"][0]["text"])'
    return Snippet(shell, "bash"), Snippet(f"from llama_cpp import Llama\n\n{load}{call}")


_LIBRARIES: dict[str, Callable[[CardVoice], str]] = {
    "peft": _peft,
    "diffusers": _diffusers,
    "setfit": _setfit,
    "sentence-transformers": _sentence_transformers,
    "timm": _timm,
    "open_clip": _open_clip,
    "spacy": _spacy,
    "keras": _keras,
    "sklearn": _sklearn,
    "stable-baselines3": _stable_baselines,
    "transformers": _transformers,
}
"""In the order in which they are asked: the first is what the files were made for."""
