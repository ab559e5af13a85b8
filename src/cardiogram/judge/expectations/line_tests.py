"""Whether a block of a card shows what the card is said to show.

A card meets an expectation by what is counted anywhere in it; what is said of some of its lines has
to be true of these lines. In doubt nothing is said of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from cardiogram.cards import Block, topics_of
from cardiogram.cards.features import count_words, is_boilerplate
from cardiogram.judge.expectations.hints import TOOL_OPENING, speaks_of_model
from cardiogram.judge.expectations.predicates import calls_something
from cardiogram.lazy import regex

LineTest = Callable[[Block, str], bool]
"""Whether a block shows something, given the heading above it."""


_ADDRESS = regex(r"https?://\S+")


def _has(*patterns: re.Pattern[str], but: re.Pattern[str] | None = None) -> LineTest:
    """A test for patterns that all are in a block that is no heading, and one that is not.

    An address says nothing.
    """

    def passes(block: Block, heading: str) -> bool:
        if block.kind == "heading":
            return False
        text = _ADDRESS.sub("", block.text)
        return all(pattern.search(text) for pattern in patterns) and not (but and but.search(text))

    return passes


_PURPOSE = regex(
    r"\b(?:used|useful|designed|intended|meant|suitable|optimi[sz]ed|built|made|(?:fine-?)?tuned"
    r"|trained|developed|created|speciali[sz]ed) (?:for|to)\b|\baims? (?:to|at)\b|\baiming to\b"
    r"|\bable to\b|\bcapable of\b|\b(?:model|lora|adapter|pipeline|network|system) (?:for|that)\b"
    r"|\b(?:classif|predict|detect|generat|translat|summari[sz]|extract|transcrib|recogni[sz]"
    r"|identif|segment|estimat|rank|retriev|convert|separat|correct|maps?)(?:s|es|ies|ing)\b",
    re.I,
)
_KIND = regex(
    r"\b(?:language|chat|reward|diffusion|embedding|instruct\w{0,6}|cod(?:e|ing)|speech|vision"
    r"|multi-?modal|\w{1,12}-to-\w{1,8}|classification|generation|translation|recognition|detection"
    r"|segmentation|summari[sz]ation|answering|retrieval|tagging|similarity)"
    r" (?:\w{1,15} )?(?:models?|lora|system|assistant)\b|\bllms?\b|\bassistant\b|\bchat-?bot"
    r"|\bagent playing\b|\bfor (?:[\w-]{1,20} ){0,3}(?:classification|recognition|generation"
    r"|translation|detection|segmentation|summari[sz]ation|answering|retrieval|tagging|grounding"
    r"|prediction|extraction|synthesis|understanding|tasks?)\b",
    re.I,
)
_IS = regex(
    r"\b(?:is|are|was) (?:an?|the|our|one)\b|\b(?:fine-?)?tuned\b|^an? "
    r"|\b(?:this|our)\b[^\n]{0,60}\b(?:models?|lora|adapter|checkpoint|version|network)\b",
    re.I,
)
_SUBJECT = regex(
    r"\b(?:models?|lora|adapter|agent|network|checkpoint|llms?|it|we|(?:fine-?)?tuned)\b"
    r"|^\W{0,3}\S{1,80} (?:is|are) an?\b",
    re.I,
)
_NO_PURPOSE = regex(
    r"\bthis repo|\b(?:GGUF|GGML|GPTQ|AWQ|EXL2) (?:is|was)\b|\bmodel files\b|^disclaimer|^however"
    r"|\bdata ?set (?:is|was|contains|consists|used)|\blicen[sc]e|quanti[sz]|\bconverted\b",
    re.I,
)
_END = regex(r"(?<=[.!?。])\s+|\n")
_OTHER_LETTER = regex(r"^(?=[^\n]{0,400}[À-\u9fff\uac00-\ud7af])[^|]{12}")
_WORDS = 6


def _says_purpose(block: Block, heading: str) -> bool:
    """Whether a sentence of a block says what a model does or is for."""
    if block.kind not in ("paragraph", "item") or is_boilerplate(block.text):
        return False
    if block.label and block.text[len(block.label) :].lstrip()[:1] == ":":  # "Licence: MIT"
        return False
    return any(
        count_words(sentence) >= _WORDS
        and not (sentence.startswith(TOOL_OPENING) or _NO_PURPOSE.search(sentence))
        and (
            (_SUBJECT.search(sentence) and _PURPOSE.search(sentence))
            or (_IS.search(sentence) and _KIND.search(sentence))
            or (_OTHER_LETTER.search(sentence) and speaks_of_model(sentence))
        )
        for sentence in _END.split(block.text)
    )


_NAMES_MODEL = regex(
    r"(?<![\w.-])\d[\d.,]{0,11} ?(?:[bmkt]|billion|million|trillion)?[ -]{0,2}"
    r"(?:(?:trainable|total|active) )?param"
    r"|\bparam\w{0,6}\W{1,5}~?\d|(?<![\w.])\d{1,4}(?:\.\d{1,2})?[ -]?[bm]\b"
    r"|\b\d{1,3}[ -](?:\w{1,15}[ -])?layer"
    r"|(?:context|sequence)[ _](?:length|window|size)\W.{0,20}\d"
    r"|\btransformer\b|\btransformers (?:based|model)"
    r"|\b(?:vision|swin|sentence)[ -]transformer\b"
    r"|\bautoencoder|\b(?:en|de)coder[- ](?:only|based|decoder|model|transformer)"
    r"|\b\w{0,12}bert[ao]?(?![a-z])|\b(?:flan-|m)?t5\b|\bbart\b|\bgpt(?!q)-?[\w.]{1,6}"
    r"|\bllama(?!_|[.\- ]?cpp|[- ]?(?:factory|index))|\bmi[sx]tral|\bqwen|\bgemma"
    r"|\bphi-?\d|\bfalcon"
    r"|\bpythia|\bbloom|\bmoe\b|mixture of experts|\blstm\b|\b[crd]nn\b|\bu-?net\b|\w{1,12}net\d"
    r"|\bvit\b|\byolo|\bwav2vec|\bhubert|\bwhisper|\bstable[ -]diffusion(?!-webui)"
    r"|\bsdxl|diffusion model"
    r"|\bconvolution|\bmamba|\b(?:dqn|ppo|a2c|sac)\b|q-learning|\b\w{1,9}former(?!s)|参数|パラメータ",
    re.I,
)


def _names_model(block: Block, heading: str) -> bool:
    text = _ADDRESS.sub("", block.text)
    return _NAMES_MODEL.search(text) is not None and "licen" not in text.lower()


_NAMES_MAKER = regex(
    r"\b(?:develop|creat|made|train|tun|build|built|releas|publish|provid|present|author|propos"
    r"|introduc|shar|contribut|maintain|quanti[sz]|convert|merg)(?:ed|ers?|s)?"
    r"(?: \([^()\n]{0,30}\))?(?: by|\W{0,3}:)|\b(?:universit|institut|laborator)\w*"
    r"|\bour (?:team|lab|group)\b|\bwe (?:releas|introduc|present|propos|develop|train)"
    r"|[\w.+-]@\w|\be-?mail\b|\bcontact (?:me|us|person|the authors?)\b|\bcontact\W{1,4}\w"
    r"|\bauthors?\b|\bcreators?\b|\breach (?:out|me|us)\b",
    re.I,
)
_INTENDED = regex(
    r"\bintended|\bdirect use|out[- ]of[- ]scope|use[- ]cases?\b|\bnot be used|\bdo not use"
    r"|\bcan be used|\bnot (?:suitable|designed|for)\b|\bmeant (?:for|to)|\bdesigned (?:for|to)"
    r"|\buseful (?:for|in|to)\b|\bapplications? (?:such|like|include|of|in|are)\b"
    r"|\bprohibited|\bmisuse|\bresearch\b|\bused (?:for|to|as)\b",
    re.I,
)
_TRAINED_ON = regex(
    r"\b(?:pre-?)?(?:train|tun|learn)(?:ed|ing|t)\b[^.\n]{0,90}\b(?:on|using|with|from|of)\b"
    r"(?=[^\n]{0,160}(?:\bdata|corp(?:us|ora)|token|\bpile\b|samples|examples|images|\bhours\b"
    r"|texts?\b"
    r"|pairs|sentences|articles|conversations|instructions|wiki|squad|\bglue|\bcoco\b|laion|imagenet"
    r"|common ?voice|commoncrawl))|\b(?:training|fine-?tuning) (?:data|set|corpus)"
    r"|数据|データ|데이터|данн",
    re.I,
)
_ON_DATA = regex(r"\bdata\b|\bdata ?sets?\b|\bcorp(?:us|ora)\b|数据|データ|데이터|данн", re.I)
_OTHER_DATA = regex(
    r"calibration|quanti[sz]|imatrix|\b(?:evaluation|test|validation) (?:data|set)|benchmark"
    r"|prompt",
    re.I,
)


def _names_data(block: Block, heading: str) -> bool:
    """Whether a block says what was learned from; under a heading on data any does."""
    text = block.text
    if block.kind == "heading" or _OTHER_DATA.search(f"{heading}\n{text}"):
        return False
    return _ON_DATA.search(heading) is not None or _TRAINED_ON.search(text) is not None


_SPLIT = regex(
    r"\b(?:train|test|valid|dev|data|random)\w{0,8}\b[^\n]{0,40}\bsplit"
    r"|\bsplit\w{0,4}\b(?=[^\n]{0,40}(?:train|test|valid|data))"
    r"|\btrain(?:ing)?[ /,-]{1,3}(?:dev|valid|test|eval)|held-?out"
    r"|\b(?:train|training|validation|valid|dev|test)[ -](?:set|split|data|subset)\b"
    r"|pre-?process|\btokeni[sz]ed|lower-?cased|normali[sz]|filter(?:ed|ing)|dedup|\bclean(?:ed|ing)"
    r"|augment|resiz|\bcropp|resampl|word-?piece|sentence-?piece|\bbpe\b|byte-?pair",
    re.I,
)
_SETTING = regex(
    r"(?:learning[ _-]?rate|\blr|batch[ _-]?size|epochs?|optimi[sz]er|adam|warm-?up|decay|dropout"
    r"|seed|lora|\brank|alpha|steps|gamma|scheduler|iterations|timesteps|clip)[^\n]{0,60}\d"
    r"|\d k?[ -]?(?:epochs?|steps|iterations)",
    re.I,
)
_SAMPLER = regex(r"\bsampler\b|\bcfg\b|clip skip", re.I)
_HARDWARE = regex(
    r"\b(?:\d{1,4} ?x ?)?(?:[avhp]\d00|t4|k80|l40s?|l4|a10g?|a6000|mi\d{3}x?|tpus?|tpuv\d"
    r"|rtx|gtx|x?gpus?|cpus?|nvidia|colab|[234]0[89]0|macbook|gaudi\d?)\b",
    re.I,
)
_TIME = regex(
    r"\d\+?[ -]?(?:gpu[ -])?(?:hours?|hrs?|days?|minutes?|mins?|weeks?)\b(?! of\b)",
    re.I,
)
_TRAINED = regex(
    r"train|tun(?:ed|ing)|hardware|comput(?:e|ing)|emission|carbon|hours used|\btook\b|runtime"
    r"|duration|quanti[sz]ed|cloud provider",
    re.I,
)
_FOR_USE = regex(
    r"inferen|multi-gpu|\bv?ram\b|to run\b|\brunning|\bload|serving|speed|latency", re.I
)


def _names_hardware(block: Block, heading: str) -> bool:
    text = block.text
    if _FOR_USE.search(text) or not _TRAINED.search(f"{heading}\n{text}"):
        return False
    return any(pattern.search(text) for pattern in (_HARDWARE, _TIME))


_VERSION = regex(
    r"(?:torch|transformers|tensorflow|keras|datasets|tokenizers|deepspeed|accelerate|megatron|jax"
    r"|flax|peft|trl|axolotl|unsloth|factory|mergekit|bitsandbytes|lightning|diffusers|baselines3"
    r"|gym(?:nasium)?|setfit|spacy|flair|nemo|espnet|speechbrain|fairseq|timm|mlx|learn|python"
    r"|cuda|gptq|awq|llama\.cpp|ctranslate2|exllamav2|optimum)[*`_]{0,3}(?: \(?versions?\)?)?"
    r"[ :=<>~|`*(v]{0,9}\d{1,3}\.\d",
    re.I,
)
_CONVERTED = regex(
    r"\b(?:convert|quanti[sz]|merg|prun|compress|export)(?:ed|ing|ion|ation|es?)\b[^\n]{0,120}"
    r"\b(?:using|with|by|from|via|of|to|in|into|and)\b|merge[ _]method|layer_range|slices:"
    r"|mergekit|slerp\b|(?:group ?size|\bgs|bits|act order|damp|bpw|density|ratio|weight)\W{1,6}\d"
    r"|\d ?bpw|\bq[2-8]_[k01]|\d[ -]?bits?\b|convert[\w-]{0,20}\.py|llama-quantize|optimum-cli"
    r"|imatrix|weighted sum|add difference",
    re.I,
)
_ABSENT = regex(r"not to be available|not (?:yet )?available|feel free to request", re.I)
_MEASURE = regex(
    r"accuracy|\bacc\b|acc_norm|\bf1|f-?score|bleu|chrf|rouge|\bwer\b|\bcer\b|perplexity|\bppl\b"
    r"|reward|loss|precision|recall|\bm?ap(?:@|\b)|iou\b|\bau(?:ro)?c|rmse|\bm[as]e\b|spearman"
    r"|pearson|ndcg|\bmrr\b|\bfid\b|\belo\b|mmlu|hellaswag|\barc\b|truthfulqa|gsm-?8k|winogrande"
    r"|humaneval|bench|score|pass@|top-?[15]\b|exact[ _]match|\bem\b|win[ -]?rate|correlation"
    r"|kappa|(?:error|success) rate|\bmos\b|psnr|ssim|average|squad|glue|metric|result|eval|精度"
    r"|准确率|正解率|スコア|정확도|точност|得分|评测",
    re.I,
)
_RESULT = regex(
    r"(?<![\w.-])\d{1,5}(?:[.,]\d{1,8}(?:e-?\d{1,2})?(?!\w|\.\d)| ?%)"
    r"|[:=|] ?[*+-]{0,3}\d{1,5}(?!\w|\.\d)"
)
_NO_RESULT = regex(r"guidance|\bcfg\b|learning[ _]rate|batch size|max ram|\bq\d_k|\bsize\b", re.I)


_ELSEWHERE = ("data", "usage", "training")
_IMPORT = regex(r"\bimport \w|\bprint\(|\bdef \w")


def _gives_results(block: Block, heading: str) -> bool:
    text = block.text
    if block.kind == "heading" or (_NO_RESULT.search(text) and block.kind != "table"):
        return False
    if block.kind == "code" and _IMPORT.search(text):
        return False
    topics = topics_of(heading)
    if block.kind != "table" and "evaluation" not in topics and not topics.isdisjoint(_ELSEWHERE):
        return False
    return _RESULT.search(text) is not None and bool(_MEASURE.search(f"{heading}\n{text}"))


_COMPARED = regex(
    r"\bcompar(?:ed (?:to|with|against)|isons?|e (?:to|with)|ing)\b|\boutperform|\bsurpass"
    r"|\b(?:better|worse|higher|lower) than\b|\bvs\b|\bversus\b"
    r"|(?<!stable-)(?<!stable )(?<!rl-)\bbaselines?\b|\bprevious (?:state|sota|best|version|model)",
    re.I,
)
_SCORE = regex(r"(?<![\w.-])\d{1,4}(?:\.\d{1,6}(?!\w|\.\d)| ?%)")
_MEASURED = regex(
    r"\bevaluated (?:on|using|with|by|against|in)\b|\bwe evaluate|\bharness\b|held-?out"
    r"|\b(?:test|evaluation|eval|validation|valid|dev)[ -](?:set|split|data\w{0,3})\b"
    r"|\b\d{1,2}-shot\b|cross-?validation|\btested on\b"
    r"|\b(?:zero|few|one)-shot\b(?=[^\n]{0,200}\d{1,2}\.\d)",
    re.I,
)
_UNMEASURED = regex(r"\bnot (?:yet )?(?:been )?(?:evaluated|tested)|\bno evaluation", re.I)
_ORIGINAL = regex(
    r"original|unquanti[sz]ed|\b(?:bf|fp|f)(?:16|32)\b|full precision|base model", re.I
)
_LIMIT = regex(
    r"limit|\bnot\b|n't\b|cannot|\bmay\b|\bmight\b|fail|bias|error|hallucinat|accura|incorrect|risk"
    r"|harm|toxic|weak|poor|struggl|degrad|stereotyp|misinform|offensive|\bonly\b|局限|限制|制限"
    r"|한계|огранич",
    re.I,
)
_NO_LIMIT = regex(
    r"legal advice|third part|liab(?:le|ility)|copyright|warrant|licen[sc]e|complete list"
    r"|at your own risk"
    r"|rate limit",
    re.I,
)
_FAILS = regex(
    r"limitation|limited to|hallucinat|\bbias(?:ed|es)\b|inaccura|not perform|struggl"
    r"|\bfails? (?:to|on|in|at|when)|\bmay (?:not )?(?:produce|generate|output|contain|make)",
    re.I,
)


def _names_limit(block: Block, heading: str) -> bool:
    """Whether a block names a limit; elsewhere than under a heading on them, one of the model."""
    text = block.text
    if block.kind == "heading" or _NO_LIMIT.search(text):
        return False
    named = "limitations" in topics_of(heading) or "limitations" in topics_of(block.label)
    return (_LIMIT if named else _FAILS).search(text) is not None


_RISK = regex(
    r"\bbias(?:es|ed)?\b(?!['\"]?\s?[:=])|stereotyp|discriminat|fairness|harmful|offensive|toxic"
    r"|unsafe|\brisks?\b|misinformation|malicious|\bmisuse|inappropriate|nsfw|uncensored|prejudic"
    r"|偏见|バイアス|편향",
    re.I,
)
_LOADS = regex(
    r"from_pretrained\(|load_from_hub\(|\bpipeline\(|load_model\(|hf_hub_download\(|from_hub\("
    r"|create_model\(|load_learner\(|snapshot_download\(|SentenceTransformer\([\"'\w]|Encoder\([\"'\w]"
)
_CALLS = regex(
    r"\.(?:generate|predict|encode|decode|transcribe|act|chat)\(|\w{0,20}pipe(?:line)?\(", re.I
)
_SHELL = regex(
    r"^[ \t]*(?:[$!>] ?)?(?:\./)?(?:\w{1,20}/)?(?:llama-(?:cli|server)|main|server|python3?"
    r"|ollama (?:run|pull)|curl|docker|vllm|wasmedge|mlx_lm\S{0,20}) \S",
    re.M,
)
_TRAINING = regex(
    r"mlagents-learn|--resume|\.train\(|TrainingArguments|Trainer\(|train\w{0,20}\.py|--train"
    r"|accelerate launch|finetune",
    re.I,
)


_PYTHON = ("", "python", "py")


def _runs_model(block: Block, heading: str) -> bool:
    """Whether code loads or calls something, and does not only train."""
    text = block.text
    if block.info in ("diff", "yaml", "json"):
        return False
    calls = _CALLS.search(text) or _LOADS.search(text)
    if _TRAINING.search(text) and not _CALLS.search(text):
        return False
    if calls or _SHELL.search(text):
        return True
    return calls_something(block) and ("import" in text or block.info not in _PYTHON)


LINE_TESTS: Mapping[str, LineTest] = {
    "purpose": _says_purpose,
    "architecture": _names_model,
    "author": _has(_NAMES_MAKER),
    "code": _runs_model,
    "intended": _has(_INTENDED),
    "prompt": lambda block, heading: block.info not in ("yaml", "yml", "json"),
    "dataset": _names_data,
    "origin": _names_data,
    "splits": _has(_SPLIT),
    "hyperparameters": _has(_SETTING, but=_SAMPLER),
    "hardware": _names_hardware,
    "software": _has(_VERSION),
    "conversion": _has(_CONVERTED, but=_ABSENT),
    "numbers": _gives_results,
    "comparison": _has(_COMPARED, _SCORE),
    "measured": _has(_MEASURED, but=_UNMEASURED),
    "loss": _has(_ORIGINAL, _COMPARED, _SCORE),
    "limits": _names_limit,
    "risks": _has(_RISK),
}
"""By the key of an expectation, what each block that is named as evidence has to pass."""


_SPACE = regex(r"(?:huggingface\.co|hf\.co)/spaces/([\w.-]+)/([\w.-]+)|^https?://[\w-]+\.hf\.space")
_NO_DEMO = regex(
    r"leaderboard|licen[sc]e|my-repo|convert|metric|bench|quant|corpus|train|merge|data|docs?\b",
    re.I,
)
_OFFER = regex(
    r"demo|\btr(?:y|ied)\b|\btest (?:it|the)|playground|interactive|inference|web app|\bspaces?\b",
    re.I,
)
_COLAB = regex(r"colab\.research\.google\.com|replicate\.com/|\.gradio\.(?:live|app)")
_MADE_WITH = regex(r"train|tun(?:e|ing)|merg|evaluat|convert|dreambooth", re.I)


def is_demo(target: str, words: str, owner: str) -> bool:
    """Whether a link leads to where the model can be tried.

    Parameters
    ----------
    target
        Its address.
    words
        What stands around it.
    owner
        Whose model it is, "" where nobody knows.
    """
    if space := _SPACE.search(target):
        if _NO_DEMO.search(target):
            return False
        return bool(owner and space[1] == owner) or _OFFER.search(words) is not None
    if not _COLAB.search(target) or _MADE_WITH.search(words):
        return False
    return _OFFER.search(words) is not None
