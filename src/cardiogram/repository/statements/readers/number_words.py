"""Words that say what a number counts, in the labels and the prose of many languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cardiogram.repository.statements.quantity import MARK, SMALL_MARK, SPELLED

_PARAMETERS = (
    r"param(?:eter|etre|ètre|etro|âmetro|etar|etr)\w*|parámetros|parâmetros?|params?|"
    r"parametr\w*|параметр\w*|参数|參數|パラメータ(?:ー)?|"
    r"파라미터|매개변수"
)
_TOKENS = r"(?:[- ]?(?:sub-?word )?(?:tokens?|tokeny|tokenów|токен\w*|トークン|토큰|个?词元))"
_CONTEXT = (
    r"(?:[Cc]ontext\w*|[Kk]ontext\w*|[Cc]ontest[oi]|[Kk]ontekst\w*|[Кк]онтекст\w*|上下文|"
    r"コンテキスト\w*|컨텍스트)"
)
_UP_TO = (
    r"(?:up to|as long as|at most|bis zu|maximal|höchstens|jusqu'à|hasta|até|fino a|tot|"
    r"upp till|do|до|最多|最大|最長|최대)"
)
_NUMBER = rf"(?P<n>{MARK}+)"
_COUNT = rf"(?P<n>[{MARK}{SMALL_MARK}]+)"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a number may count.

    Attributes
    ----------
    kind
        The fact that speaks to it.
    label
        The whole label in a list, a table or over a paragraph.
    prose
        Patterns for a marked text, with the number as the group `n`.
    low, high
        Bounds of what makes sense.
    """

    kind: str
    label: re.Pattern[str] | None
    prose: tuple[re.Pattern[str], ...] = ()
    low: float = 0
    high: float = 1e15
    unit: str = ""
    whole: bool = True
    weak: bool = False


def _counted(
    kind: str,
    label: str,
    *prose: str,
    low: float = 1,
    high: float = 1e15,
    unit: str = "",
    whole: bool = True,
    weak: bool = False,
) -> Counted:
    return Counted(
        kind,
        re.compile(rf"(?:{label})\Z", re.I) if label else None,
        tuple(re.compile(pattern, re.I) for pattern in prose),
        low,
        high,
        unit,
        whole,
        weak,
    )


_START = rf"(?<![{SPELLED}.,/=-])"

COUNTED: tuple[Counted, ...] = (
    _counted(
        "parameters",
        rf"(?:(?:total|number of|num|no\. of|#|model|anzahl(?: der)?|nombre de|"
        rf"número de|numero di|aantal|antal|liczba|"
        rf"количество|число|모델|总) ?)*(?:{_PARAMETERS})(?: ?(?:count|size|number|"
        rf"\(total\)|in total|gesamt|数|量|총))*|"
        r"(?:model )?size|modellgröße|taille(?: du modèle)?|tamaño(?: del modelo)?|"
        r"modellstorlek|размер(?: модели)?|模型(?:大小|规模)|"
        r"モデルサイズ",
        (
            rf"{_START}{_NUMBER}(?: |-)?(?:de |d'|di |个|の)?(?:total |model |learnable |个 "
            rf"?)?(?:{_PARAMETERS})"
        ),
        (
            rf"(?:{_PARAMETERS})(?:量|数量|数|規模|规模| count| size)?(?: ?(?:is|are|of|:|：|为|約|"
            rf"约|は|がおよそ) ?){{1,2}}{_NUMBER}"
        ),
        low=1e5,
        high=5e12,
        unit="parameters",
    ),
    _counted(
        "context",
        r"(?:(?:max(?:imum|\.)?|native|supported|model|total|trained) )*context(?:[ "
        r"_-]?(?:length|window|size|len))?(?: \(tokens\))?|"
        r"longest input|max(?:imum)? (?:input|token)(?:s| length| tokens)?|"
        r"(?:max\.? )?kontext(?:länge|fenster|fönster|längd)?|"
        r"(?:longueur|fenêtre) (?:de|du) contexte|(?:longitud|ventana|tamaño) (?:de|"
        r"del) contexto|(?:tamanho|janela|comprimento) d[eo] contexto|"
        r"(?:lunghezza|finestra) (?:del |di )?contesto|contextlengte|контекст\w*|"
        r"上下文(?:长度|窗口)?|コンテキスト(?:長|ウィンドウ)?|컨텍스트 ?(?:길이)?|"
        r"längste eingabe|n_ctx|max_position_embeddings",
        (
            rf"{_CONTEXT}(?:[- ](?:length|window|size|länge|"
            rf"fenster)s?)?(?![^.;\d{MARK}{SMALL_MARK}]{{0,40}}\b(?:trained|"
            rf"cut)\b)[^.;\d{MARK}{SMALL_MARK}()]{{0,26}}?{_NUMBER}{_TOKENS}?(?![\w%]|\.\d)"
        ),
        rf"{_START}{_NUMBER}(?:{_TOKENS}|-)?(?:[- ]long)?[- ]?(?:de )?{_CONTEXT}(?!ual)",
        rf"(?:reads?|takes?|handles?|accepts?|supports?|processes|inputs?|texts?|"
        rf"sequences?|liest|verarbeitet|eingaben|texte|lit|lee|lê|legge|leest|läser|"
        rf"читает|принимает)[^.;\d{MARK}{SMALL_MARK}]{{0,30}}{_UP_TO} {_NUMBER}{_TOKENS}",
        (
            rf"max(?:imum|imal\w*|\.)? (?:input|sequence|token)?[- ]?(?:length|"
            rf"länge)[^.;\d{MARK}{SMALL_MARK}]{{0,16}}{_NUMBER}{_TOKENS}"
        ),
        low=16,
        high=2e7,
        unit="tokens",
    ),
    _counted(
        "sequence_length",
        r"max(?:imum|\.)?[ _]?seq(?:uence)?[ _]?len(?:gth)?(?: \(tokens\))?|"
        r"sequence[ _]len(?:gth)?|max_length|model_max_length|"
        r"max(?:imale)? sequenzlänge",
        rf"(?:max_seq_length|max_seq_len|sequence_len|cutoff_len)['\"`]*\s?[:=]\s?{_NUMBER}",
        low=8,
        high=2e7,
        unit="tokens",
    ),
    _counted(
        "sliding_window",
        r"sliding[ _]window(?: size)?",
        rf"sliding[- ]window (?:attention )?(?:of|:|with) {_NUMBER}",
        low=16,
        high=2e7,
        unit="tokens",
    ),
    _counted(
        "layers",
        r"(?:(?:number of|num|no\. of|#|transformer|hidden|decoder|encoder|anzahl) "
        r"?_?)*(?:hidden_)?(?:layers?|schichten|couches|capas|camadas|strati|lagen|"
        r"blocks)|num_hidden_layers|n_layers?|层数|層数|число слоёв",
        (
            rf"{_START}{_COUNT}[- ](?:transformer |hidden |decoder |encoder )?(?:layers?|"
            rf"schichten|couches|capas|camadas|strati|lagen|lager|warstw\w*|сло\w+)\b"
        ),
        rf"{_START}{_COUNT} ?(?:层|層|レイヤー|개 레이어)",
        low=1,
        high=400,
    ),
    _counted(
        "hidden_size",
        (
            r"hidden[ _](?:size|dim(?:ension)?s?)|d_model|model dimension|n_embd|"
            r"versteckte größe|隐藏(?:层)?(?:维度|大小)"
        ),
        rf"hidden (?:size|dimension) (?:of|is|:)? ?{_NUMBER}",
        low=8,
        high=70000,
    ),
    _counted(
        "vocabulary",
        (
            r"vocab(?:ulary)?(?:[ _]?size)?|vokabular(?:größe)?|wortschatz|taille du "
            r"vocabulaire|vocabulario|tamaño del vocabulario|词表(?:大小)?|語彙(?:数|サイズ)?"
        ),
        (
            rf"(?:vocabulary|vocab|vokabular|vocabulaire|vocabulario|vocabulário|"
            rf"ordförråd|woordenschat)(?: size)?(?: of| contains| has| von| de| di| på|:|"
            rf" is)+ {_NUMBER}"
        ),
        rf"{_START}{_NUMBER}(?:[- ]?(?:token|word|entry|piece|subword)s?)?[- ]vocab",
        low=20,
        high=3e6,
    ),
    _counted(
        "dimensions",
        r"(?:output |embedding |vector |sentence embedding )?(?:dimension(?:ality|s|"
        r"en)?|dims?)|embedding[ _](?:size|dim\w*)|(?:embedding|"
        r"vektor)-?dimension\w*|"
        r"向量维度|次元数",
        (
            rf"{_START}{_NUMBER}[- ]?(?:dimension(?:al|ale|aler|"
            rf"alen|s|en)?|dims?\b|dimensionn?el(?:le)?s?|dimensionaal|次元|维|차원)"
        ),
        low=2,
        high=70000,
        unit="dimensions",
    ),
    _counted(
        "labels",
        (
            r"(?:(?:number of|num|no\. of|#|anzahl(?: der)?|nombre d[e']|número de) "
            r"?_?)+(?:labels?|classes|klassen|étiquettes|etiquetas|categor\w+|tags)|标签数|"
            r"类别数"
        ),
        rf"{_START}{_COUNT} ?(?:(?:output|target|emotion|entity|sentiment|topic|"
        rf"intent|NER|BIO) )?(?:labels|classes|klassen|labeln|étiquettes|etiquetas|"
        rf"clases|classi|"
        rf"etiketter|klasser|etykiet|метк\w*|класс\w*|个?类别|クラス|개 클래스)\b",
        low=2,
        high=50000,
    ),
    _counted(
        "heads",
        r"(?:(?:number of|num|#|attention) ?_?)*(?:attention_)?heads|n_heads?",
        rf"{_START}{_COUNT}[- ](?:attention[- ])?heads?(?!\w)",
        rf"{_START}{_COUNT} (?:aufmerksamkeitsköpfe|têtes d'attention|cabezas de atención)",
        low=1,
        high=1024,
    ),
    _counted(
        "experts",
        r"(?:number of|num|#) ?_?(?:local_)?experts|experts(?: \(total\))?",
        (
            rf"{_START}{_COUNT} (?:routed |total |local )?experts\b(?! (?:per|active|are "
            rf"active|activated|chosen|selected|used))"
        ),
        low=2,
        high=1024,
    ),
    _counted(
        "experts_per_token",
        r"(?:active|activated) experts|num_experts_per_tok|experts per token|top-?k experts",
        (
            rf"{_START}{_COUNT} (?:experts (?:per token|are active|active)|active "
            rf"experts|activated experts)"
        ),
        low=1,
        high=256,
    ),
    _counted(
        "rank",
        (
            r"(?:lora|adapter|peft|qlora)?[ _-]?(?:rank|rang|rango)(?: \(r\))?|(?:lora[ "
            r"_])?r|(?:lora[ _])?(?:dim|network[ _]dim)|lora_r|network rank|秩|ランク"
        ),
        (
            rf"(?:lora|adapter|qlora|dora)\b[^.;\d{MARK}{SMALL_MARK}]{{0,40}}"
            rf"\b(?:rank|rang|rango|r)(?: of|"
            rf" =|=|:| von| de| is)? ?{_NUMBER}(?!\w|\.\d)"
        ),
        rf"\b(?:rank|rang)[- ]?{_NUMBER}\b[^.;]{{0,20}}(?:lora|adapter)",
        rf"\b(?:lora_)?r ?= ?{_NUMBER}(?!\w)",
        low=1,
        high=4096,
    ),
    _counted(
        "lora_alpha",
        r"(?:lora|adapter|network|peft)?[ _-]?(?:alpha|α)(?: \(α\))?",
        rf"\b(?:lora[_ -])?(?:alpha|α)(?: of| =|=|:| von| de| is)? ?{_NUMBER}(?!\w|\.\d)",
        low=1,
        high=8192,
    ),
    _counted(
        "lora_dropout",
        r"(?:lora|adapter)[ _-]?dropout",
        rf"\blora[_ -]dropout(?: of| =|=|:| rate| is)* ?{_NUMBER}",
        low=0,
        high=1,
        whole=False,
    ),
    _counted(
        "group_size",
        r"(?:group|block)[ _]?size|gs|gruppengröße",
        rf"group[ _-]?size(?: of|:| =|=| is)? ?{_NUMBER}",
        rf"{_START}{_NUMBER}g\b(?= |,|\)|$)",
        low=8,
        high=4096,
    ),
    _counted(
        "sampling_rate",
        (
            r"(?:audio )?sampl(?:ing|e)[ _]?rate|abtastrate|fréquence d'échantillonnage|"
            r"frecuencia de muestreo|samplingsfrekvens|采样率|サンプリングレート"
        ),
        rf"{_START}{_NUMBER} ?(?P<hz>k?hz)",
        low=4000,
        high=400000,
        unit="Hz",
    ),
    _counted(
        "patch_size",
        r"patch[ _]size",
        rf"patch(?:es)?(?: size)?(?: of|:| =)? ?{_NUMBER}",
        low=1,
        high=256,
    ),
)
"""What numbers may count that configurations and headers know."""

TRAINED: tuple[Counted, ...] = (
    _counted(
        "cutoff",
        r"cut-?off(?:[ _]len(?:gth)?)?|(?:training )?sequence[ _]cut-?off",
        rf"(?:truncated|cut|cut off|gekürzt|abgeschnitten|tronqués?|cortad[oa]s?) "
        rf"(?:to|at|after|auf|nach|bei|à|en|em|a) {_NUMBER}{_TOKENS}",
        low=8,
        high=2e7,
        unit="tokens",
    ),
    _counted(
        "learning_rate",
        r"(?:(?:initial|peak|max(?:imum)?|base|training) )?(?:learning[ _]?rate(?: "
        r"\(lr\))?|lr)|lernrate|taux d'apprentissage|tasa de aprendizaje|"
        r"taxa de aprendizado|tasso di apprendimento|leersnelheid|"
        r"inlärnings(?:hastighet|takt)|współczynnik uczenia|скорость обучения|学习率|"
        r"学習率|학습률",
        rf"(?<![\w-])(?:learning[ _-]?rate|\blr\b|lernrate|taux d'apprentissage|tasa de "
        rf"aprendizaje|taxa de aprendizado|tasso di apprendimento|leersnelheid|"
        rf"inlärnings(?:hastighet|takt)|współczynnik\w* uczenia|скорост\w+ обучения|"
        rf"学习率|学習率|학습률)(?:(?!schedul|warm|decay|multipl)[^.;\d{MARK}{SMALL_MARK}]){{0,20}}?"
        rf"{_NUMBER}",
        low=1e-9,
        high=10,
        whole=False,
    ),
    _counted(
        "epochs",
        r"(?:(?:number of|num|no\. of|#|training|total|anzahl(?: der)?|nombre d') "
        r"?_?)*(?:train_)?(?:epochs?|epochen|époques?|épocas?|epoche|epoker|epoki?|"
        r"эпох\w*|训练轮数|エポック数?|에폭)(?: trained)?(?<!\Aepoch)|num_epochs?",
        (
            rf"{_START}{_COUNT} ?(?:full |training |volle |de )?(?:epochs?|epochen|"
            rf"époques?|épocas?|epoche|epoker|epok\w*|эпох\w*|个?epoch|轮|エポック|에폭|에포크)\b"
        ),
        low=0.01,
        high=100000,
        whole=False,
    ),
    _counted(
        "steps",
        (
            r"(?:(?:number of|num|no\. of|#|training|train|total|max|global|"
            r"optimi[sz]er|optimi[sz]ation) ?_?)+steps?|training_steps|trainingsschritte"
        ),
        (
            rf"{_START}{_NUMBER} (?:training |optimi[sz]er |optimi[sz]ation |gradient "
            rf"|update |global )?(?:steps|schritte[n]?|pasos|passi|passos|stappen|steg|"
            rf"kroków|шаг\w+)\b"
        ),
        low=1,
        high=1e9,
        unit="steps",
    ),
    _counted(
        "warmup_steps",
        r"(?:lr_scheduler_)?warm-?_?up[ _]steps|(?:number of )?warm-?up steps",
        rf"{_START}{_NUMBER} warm-?up steps",
        rf"warm-?up (?:of|for|over) {_NUMBER} steps",
        low=0,
        high=1e8,
        unit="steps",
    ),
    _counted(
        "batch_size",
        r"(?:per[ _]device[ _])?(?:(?:train(?:ing)?)[ _])?batch[ _-]?size(?: \(?per "
        r"(?:device|gpu)\)?)?|batchgröße|taille de (?:lot|batch)|tamaño (?:de|del) "
        r"lote|"
        r"tamanho d[eo] lote|batchgrootte|batchstorlek|dimensione del batch|размер "
        r"батча|批(?:次|量)?大小|バッチサイズ|배치 ?(?:크기|사이즈)",
        rf"(?:batch[ -]?size|batchgröße|taille de (?:lot|batch)|tamaño de lote|"
        rf"tamanho de lote|batchgrootte|batchstorlek|размер\w* батча|批(?:次|量)?大小|"
        rf"バッチサイズ|배치 크기)"
        rf"(?: of| is| was|:| =|=| von| de| van| på|は|为)* ?{_NUMBER}(?!\w|\.\d)",
        low=1,
        high=1e7,
    ),
    _counted(
        "total_batch_size",
        r"(?:total|effective|global)[ _](?:train[ _])?batch[ _]?size|effektive batchgröße",
        rf"(?:effective|total|global) batch[ -]?size(?: of| is| was|:| =|=)* ?{_NUMBER}(?!\w|\.\d)",
        low=1,
        high=1e7,
    ),
    _counted("devices", r"num_devices", low=1, high=1e6),
    _counted(
        "accumulation",
        r"grad(?:ient)?[ _]accum(?:ulation)?(?:[ _]steps)?",
        rf"{_COUNT} (?:gradient )?accumulation steps",
        low=1,
        high=100000,
    ),
    _counted(
        "seed",
        r"(?:random[ _])?(?:seed|startwert|graine|semilla|semente|frö)|随机种子|シード",
        rf"\b(?:random )?seed(?: of| is| was|:| =|=)? {_NUMBER}(?!\w|\.\d)",
        low=0,
        high=2**64,
    ),
)
"""What numbers may count that a training knows."""
