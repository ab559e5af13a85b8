"""Words that look like a contradiction and are none: rounding, other models, other meanings."""

from __future__ import annotations

import pytest
from edited import (
    BERTH,
    GGUF,
    GPTQ,
    HAIKU,
    HARBOUR,
    HERBARIUM,
    KESTREL,
    LAW,
    MERGE,
    RECIPES,
    ROUTER,
    SFT,
    SPEECH,
    added,
)

from cardiogram.cards import parse_card
from cardiogram.repository.statements import read_statements
from repository_rows import needs_rows

pytestmark = needs_rows
COMPARED = (
    "| Model | Parameters | Context |\n|---|---|---|\n| {} | 1.1B | 2048 |\n"
    "| Wren 70B | 70B | 128k |"
)
TRAPS = [
    # numbers that are rounded, grouped or written in another way
    (SFT, "", "This model has 1.1 billion parameters."),
    (SFT, "", "This model has about 1B parameters."),
    (SFT, "", "This model has 1,100,056,576 parameters."),
    (SFT, "", "Its context is 2k tokens."),
    (SFT, "", "Its context length is 2,048 tokens."),
    (KESTREL, "up to 128k", "up to 131,072"),
    (KESTREL, "up to 128k", "up to 131k"),
    (KESTREL, "It has 3B parameters", "It has 3.2 billion parameters"),
    (KESTREL, "It has 3B parameters", "It has roughly three billion parameters"),
    (LAW, "Es hat 7 Milliarden Parameter", "Es hat 13 Milliarden Parameter"),
    (LAW, "Es hat 7 Milliarden Parameter", "Es hat 13,02 Mrd. Parameter"),
    (LAW, "Lernrate von 1e-05", "Lernrate von 0,00001"),
    (LAW, "Lernrate von 1e-05", "Lernrate von 1 × 10⁻⁵"),
    (LAW, "zwei Epochen", "2 Epochen"),
    (LAW, "11.040 Fragen", "rund 11.000 Fragen"),
    (SPEECH, "39 miljoner", "242 miljoner"),
    (SPEECH, "", "Modellen läser 16 kHz ljud."),
    (GGUF, "4.78 GB", "4.45 GiB"),
    (GGUF, "4.78 GB", "4.8 GB"),
    (GGUF, "Context length is 32k tokens (32768)", "Context length is 4k tokens"),
    (HARBOUR, "3e-5, linear decay", "0.00003, linear decay"),
    (HARBOUR, "**88.4** (0.3)", "**0.884** (0.003)"),
    (HARBOUR, "**88.4** (0.3)", "**88** (0.3)"),
    (HARBOUR, "(9 labels)", "(four classes)"),
    (ROUTER, "- Accuracy: 0.9148", "- Accuracy: 91.48"),
    (ROUTER, "num_epochs: 3.0", "num_epochs: 3"),
    # other models, and what is said of many
    (SFT, "", "The base model of the family with 7B parameters is larger."),
    (SFT, "", "It is compared with Wren 70B, which has 70B parameters and a 128k context."),
    (SFT, "", "Unlike Wren-70B with its 128k context, it is small."),
    (SFT, "", "The series comes in 1.1B, 7B and 13B parameters."),
    (SFT, "", "Its teacher has 13 billion parameters."),
    (SFT, "", COMPARED.format("osprey-1.1b-fieldnotes-sft")),
    (SFT, "", "## Comparison\n\nThis model has 70B parameters less than the largest."),
    (SFT, "", "## Original model card: Wren\n\n### Details\n\nThis model has 70B parameters."),
    (SFT, "", "## Other models\n\nThe model with 7B parameters is better."),
    (SFT, "", "A version with a 16k context can be found [here](https://example.org)."),
    (ROUTER, "", "We distilled it from RoBERTa large, a model of 24 layers."),
    (ROUTER, "", "It is faster than models based on the ALBERT architecture."),
    (ROUTER, "", "We added two layers on top of the encoder."),
    (HAIKU, "", "The base model has 6.74B parameters, the adapter 8.4M."),
    (HAIKU, "", "It trains 8.4M parameters."),
    (HAIKU, "", "A larger adapter of rank 64 was no better."),
    (GPTQ, "", "The unquantised weights are float16."),
    (GPTQ, "", "I also tried 8-bit quantisation, but it is slower."),
    (GPTQ, "", "The AWQ version is in another repository."),
    (GPTQ, "", "[2, 3, 4, 5, 6 and 8-bit GGUF files](https://huggingface.co/helio-quants/osprey-7b-chat-GGUF)"),
    (RECIPES, "", "The tokens of the encoder could be 512, but it was trained with fewer."),
    # trials, plans, the past, other branches, others' papers
    (SFT, "", "This model matches models of 70B parameters on many tasks."),
    (SFT, "", "This model will have a context length of 32k tokens in the next release."),
    (SFT, "", "This model used to have a context length of 1024 tokens and now has 2048 tokens."),
    (SFT, "", "The model was evaluated with a context of 1,024 tokens."),
    (SFT, "", "The weights are stored in float32 in another branch."),
    (HAIKU, "", "LoRA r=64 gave no gain."),
    (HAIKU, "", "With LoRA rank 64 the loss was the same."),
    (HAIKU, "", "A LoRA rank of 64 was used in the paper of Hu et al."),
    (HAIKU, "", "LoRA rank 64 for v1."),
    (HAIKU, "", "We also tried k_proj, v_proj and o_proj as target modules."),
    (HAIKU, "", "The adapter changes q_proj and v_proj; k_proj and o_proj were left alone."),
    (GPTQ, "", "The branch gptq-8bit has 8 bits."),
    (GPTQ, "", "Group size: 32 (branch `32g`)"),
    (MERGE, "", "A SLERP merge of the same models is [here](https://huggingface.co/a/b)."),
    (MERGE, "", "Unlike the first Alder, which was a linear merge, it uses DARE TIES."),
    (RECIPES, "", "## Pooling in others\n\nOther models use CLS pooling."),
    (RECIPES, "", "## Results\n\nCLS pooling gave worse results."),
    (RECIPES, "", "This model can be truncated to 128 dimensions."),
    (SPEECH, "", "Our recordings have a sampling rate of 48 kHz."),
    (SPEECH, "", "The model was trained on audio recorded at 8 kHz, upsampled."),
    (SPEECH, "", "Training took two days with all experiments."),
    (ROUTER, "", "It uses the ResNet-50 architecture as a baseline."),
    # the same in other languages
    (LAW, "", "Dieses Modell hat weniger als 70 Milliarden Parameter."),
    (LAW, "", "Der Vorgänger hatte 3 Milliarden Parameter."),
    (LAW, "", "Das Modell wurde um 8 Schichten gekürzt."),
    (SFT, "", "Ce modèle n'a pas 13 milliards de paramètres."),
    (SFT, "", "Le modèle précédent avait 3 milliards de paramètres."),
    (SFT, "", "Este modelo tiene 1.100 millones de parámetros."),
    (SFT, "", "Este modelo no tiene 13 mil millones de parámetros."),
    (SFT, "", "Модель не имеет 13 млрд параметров."),
    (SFT, "", "Модель меньше 13 млрд параметров."),
    (SPEECH, "", "Modellen har inte 13 miljarder parametrar."),
    (SFT, "", "Il modello ha meno di 13 miliardi di parametri."),
    (SFT, "", "Het model heeft minder dan 13 miljard parameters."),
    (SFT, "", "上下文长度将扩展到32K。"),
    (SFT, "", "该模型不是130亿参数。"),
    (SFT, "", "このモデルは130億パラメータではありません。"),
    # types: loaded, trained and stored are three things
    (SFT, "", "Load it with `torch_dtype=torch.float16` to save memory."),
    (SFT, "", "It was trained in float32 mixed precision."),
    (LAW, "Die Gewichte liegen in float16 vor", "Die Gewichte liegen in bfloat16 vor"),
    (HARBOUR, "109M, float32", "109M, fp32"),
    (ROUTER, "", "Inference in float16 is fine."),
    # names, licences and languages
    (GPTQ, "license: cc-by-nc-4.0", "license: cc-by-nc-sa-4.0"),
    (GGUF, "base_model: \"ospreylm/osprey-7b-chat\"", "base_model: ospreylm/osprey-chat-7b"),
    (HARBOUR, "| Licence | Apache 2.0 |", "| License | Apache License, Version 2.0 |"),
    (HARBOUR, "| Language | English |", "| Language(s) | en |"),
    (HARBOUR, "", "The data set is under CC BY 4.0."),
    (HARBOUR, "", "The code is released under the MIT license."),
    (ROUTER, "license: apache-2.0", "license: apache-2.0\nlanguage: en"),
    (ROUTER, "license: apache-2.0", "license: cc-by-nc-4.0"),
    (RECIPES, "library_name: ", "language: de\nlibrary_name: "),
    (RECIPES, "library_name: sentence-transformers", "library_name: transformers"),
    (RECIPES, "pipeline_tag: sentence-similarity", "pipeline_tag: feature-extraction"),
    (HARBOUR, "library_name: transformers", "library_name: pytorch"),
    (BERTH, "library_name: sklearn", "library_name: skops"),
    (HAIKU, "library_name: peft", "library_name: transformers"),
    (HAIKU, "library_name: peft", "library_name: peft\nbase_model: ospreylm/osprey-7b"),
    (MERGE, "library_name: transformers", "library_name: transformers\nlicense: cc-by-nc-4.0"),
    (HARBOUR, "fine-tuned on\n", "fine-tuned, like RoBERTa models are, on\n"),
    # files and ids that need not be there
    (GGUF, "", "```bash\n./llama-quantize in.gguf out.gguf Q4_0\n```"),
    (GGUF, "", "```python\nmodel.save_pretrained('my-model')\n```"),
    (SFT, "", "```python\nAutoModel.from_pretrained('path/to/model')\n```"),
    (SFT, "", "```python\nAutoModel.from_pretrained('your-username/your-model')\n```"),
    (SFT, "", "```python\nAutoModel.from_pretrained('./outputs/checkpoint-500')\n```"),
    (HERBARIUM, "", "```python\nimage.save('plant.png')\n```"),
    (SFT, "", "```bash\ngit clone https://github.com/nobody/nothing\n```"),
    (SFT, "", "See the [documentation](https://huggingface.co/docs/transformers)."),
    (GGUF, "osprey-7b-chat.Q6_K.gguf | Q6_K", "OSPREY-7B-CHAT.Q5_K_M.GGUF | Q5_K_M"),
    # results of other data, other runs
    (SPEECH, "", "On noisy speech the WER is 31.0."),
    (HARBOUR, "", "On harbours of Asia the F1 is 71.2."),
    (ROUTER, "", "The test set of another company gives an accuracy of 0.71, as expected."),
    # training
    (ROUTER, "", "- Number of epochs: 75 during cross-validation; 3 for final models"),
    (HARBOUR, "| Language | English |", "| Language(s) | Multilingual (made for English) |"),
    (ROUTER, "train_batch_size: 16", "train_batch_size: 16\n- total_train_batch_size: 16"),
    (ROUTER, "", "- Batch size: 64 (16 on each of 4 devices)"),
    (LAW, "zwei Epochen lang", "1380 Schritte lang"),
    (SPEECH, "training_steps: 4000", "training_steps: 4000\n- num_epochs: 3"),
    (SPEECH, "", "Uppvärmningen tog 500 steg."),
    (HARBOUR, "Epochs | 4 (1,028 steps)", "Epochs | 4 of at most 10"),
]  # fmt: skip


@pytest.mark.parametrize("text", ["本模型有67亿参数。", "このモデルは67億パラメータです。"])
def test_numbers_are_read_where_no_space_parts_words(text: str) -> None:
    (statement,) = read_statements(parse_card(f"# Rook\n\n{text}\n"))
    assert (statement.kind, statement.value) == ("parameters", 6_700_000_000)


@pytest.mark.parametrize(("id", "old", "new"), TRAPS)
def test_it_is_no_contradiction(id: str, old: str, new: str) -> None:
    assert [c.why for c in added(id, old, new)] == []
