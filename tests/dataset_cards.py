"""Dataset cards of our own, from empty to complete, for tests of the checklist."""

BARE = "# Birds\n"

GENERATED = """---
dataset_info:
  features:
  - name: text
    dtype: string
configs:
- config_name: default
  data_files: data/*.parquet
---
"""

TEMPLATE = """# Dataset Card for Dataset Name

## Dataset Details

[More Information Needed]

## Uses

[More Information Needed]

## Bias, Risks, and Limitations

[More Information Needed]
"""

SHORT = """---
license: cc-by-4.0
language: en
pretty_name: Garden birds
task_categories: [image-classification]
size_categories: n<1K
---
# Garden birds

This dataset contains 812 photographs of birds in gardens, made for training classifiers.
Collected by our team in 2024.

## Fields

| field | type | meaning |
|---|---|---|
| image | image | the photograph, 512 pixels wide |
| label | int | species, 0 to 11 |

## Source

The photographs were collected from our own cameras in 2024, and filtered by hand: blurred ones
were removed.

## Loading

```python
from datasets import load_dataset
data = load_dataset("me/garden-birds")
```

## Limitations

Only twelve species of Central Europe are covered, so it is not representative.
"""

FULL = """---
license: cc-by-4.0
language: en
pretty_name: Garden birds
task_categories: [image-classification]
size_categories: n<1K
tags: [biology]
configs:
- config_name: default
  data_files: data/*.parquet
dataset_info:
  features:
  - name: image
    dtype: image
---
# Garden birds

This dataset contains 812 photographs of birds in gardens, intended for training and evaluating
species classifiers. Version 2, made by the bird group of a university in 2024.

## Structure

One configuration with two splits: 700 rows in `train`, 112 rows in `test`. Labels are balanced
within 5 percent; no field is ever empty.

| field | type | meaning |
|---|---|---|
| image | image | the photograph as JPEG, 512 by 512 pixels |
| label | int | species, 0 to 11, in the order of the list below the table |
| taken | timestamp | when the camera was released, in UTC |

```json
{"image": "...", "label": 3, "taken": "2024-05-01T06:30:00Z"}
```

## Collection

The photographs were collected from twelve cameras in 2024, because public collections show few
garden birds. Blurred pictures were removed and the rest sampled evenly over species. Two experts
annotated each picture by a written guide; their agreement was kappa 0.93.

## Loading

```python
from datasets import load_dataset

birds = load_dataset("me/garden-birds", split="train")
```

Intended uses: training and comparing classifiers. It is not suitable for counting birds.

## Licence and personal data

The data are licensed under CC BY 4.0: use them as you like and name us. We took the pictures
ourselves, so no other licence of a source applies: the copyright is ours. No personal data: frames
with people were deleted. Open a discussion to have a picture removed.

## Limitations

Only twelve species of Central Europe are covered, so the dataset is not representative of other
regions. Pictures from sunny mornings are over-represented, which biases classifiers towards bright
scenes. There is a risk of leaks: some birds appear in both splits. We recommend to split by camera
where this matters, and to report results by species, as the rarest have fifty pictures only.

## Citation

```bibtex
@misc{birds2024, title={Garden birds}, author={The bird group}, year={2024}}
```
"""

GERMAN = """---
license: cc-by-4.0
language: de
pretty_name: Gartenvögel
---
# Gartenvögel

Der Datensatz enthält 812 Fotografien von Vögeln in Gärten, die 2024 von uns aufgenommen wurden, und
soll Verfahren zur Bestimmung der Arten trainieren und vergleichen helfen.

## Felder

| Feld | Art | Bedeutung |
|---|---|---|
| image | Bild | die Fotografie, 512 Bildpunkte breit und ebenso hoch |
| label | Zahl | die Art, von 0 bis 11, in der Reihenfolge der Liste |

## Herkunft

Zwölf Kameras in Gärten nahmen 2024 die Bilder auf; unscharfe wurden aussortiert und die übrigen von
zwei Fachleuten nach einer Anleitung bestimmt, die sich in 93 von 100 Fällen einig waren.

## Einschränkungen

Nur zwölf Arten aus Mitteleuropa sind enthalten, weshalb sich anderswo keine Schlüsse ziehen lassen.
Sonnige Morgen sind häufiger als andere Stunden, und seltene Arten haben nur fünfzig Bilder.
"""
