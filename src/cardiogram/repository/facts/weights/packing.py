"""How many weights a file holds where several of them are packed into one stored number.

References
----------
Layouts of AutoGPTQ, AutoAWQ, compressed-tensors, bitsandbytes, MLX, modelopt and of the MXFP4
checkpoints of transformers 5. What a layout stores beside its weights (scales, zeros, the order
of columns) is bookkeeping and counts for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cardiogram.lazy import regex
from cardiogram.repository.formats import Tensor

_LOW = regex(r"F8|F4|F6|I8|U8|I32|U32")
_BESIDE = frozenset(
    (
        *("weight_scale", "weight_zero_point", "weight_shape", "weight_g_idx", "weight_scale_inv"),
        *("weight_global_scale", "input_global_scale", "weight_scale_2", "input_scale"),
        *("output_scale", "input_zero_point", "k_scale", "v_scale", "SCB", "weight_format"),
        "weight_scales",
    )
)
_BESIDE_4BIT = regex(
    r"\.weight\.(absmax|quant_map|nested_absmax|nested_quant_map|nested_offset|quant_state\..+)$"
)
_MASK = regex(r"(^|\.)(attn|attention|self_attention)\.(bias|masked_bias)$")
"""Masks that GPT-2 and its kind save beside their weights: the same for every model."""
_UNKNOWN = frozenset(("q_weight", "trellis", "codes", "indices"))
_OPAQUE = frozenset(("U8", "I32", "U32"))
"""Types of packed weights: a table of them in an unknown layout (EXL2, HQQ ...) says no number."""


@dataclass(frozen=True, slots=True)
class Packing:
    """What a configuration says of the packing; None where it does not."""

    bits: int | None = None
    group_size: int | None = None


@dataclass(frozen=True, slots=True)
class WeightCount:
    """Weights of a file or of all shards.

    Attributes
    ----------
    weights
        Weights of each tensor by its name: 0 for bookkeeping.
    known
        Whether all layouts are known; else `weights` is not to be used.
    """

    tensors: tuple[Tensor, ...]
    weights: Mapping[str, int]
    known: bool = True

    @property
    def stored(self) -> int:
        """Numbers as they are stored."""
        return sum(tensor.numbers for tensor in self.tensors)

    @property
    def counted(self) -> int:
        """Weights, packed ones counted each."""
        return sum(self.weights.values())


def count_weights(tensors: Iterable[Tensor], packing: Packing | None = None) -> WeightCount:
    """Count weights tensor by tensor.

    Examples
    --------
    >>> gptq = [
    ...     Tensor("a.qweight", "I32", (512, 4096)),
    ...     Tensor("a.scales", "F16", (32, 4096)),
    ...     Tensor("a.g_idx", "I32", (4096,)),
    ... ]
    >>> count_weights(gptq).counted == 4096 * 4096
    True
    """
    by_name = {tensor.name: tensor for tensor in tensors}
    every = tuple(by_name.values())
    packed = any(_LOW.match(tensor.dtype) for tensor in every)
    weights: dict[str, int] = {}
    known = True
    for tensor in every:
        number: int | None = tensor.numbers
        if _is_mask(tensor):
            number = 0
        elif packed:
            number = _weights(tensor, by_name, packing or Packing())
        known = known and number is not None
        weights[tensor.name] = number or 0
    return WeightCount(every, weights, known)


def _weights(tensor: Tensor, by_name: Mapping[str, Tensor], packing: Packing) -> int | None:
    """Weights of one tensor; None where it is packed in a way that is not known."""
    name, dtype = tensor.name, tensor.dtype
    stem, _, last = name.rpartition(".")
    if last == "qweight" and dtype == "I32":
        return _quantised(tensor, stem, by_name, packing)
    if last == "weight_packed":
        return 2 * tensor.numbers if dtype == "U8" else _by_bits(tensor, packing.bits)
    if last in _UNKNOWN:
        return None
    if dtype == "U32" and f"{stem}.scales" in by_name:
        return _of_mlx(tensor, by_name[f"{stem}.scales"], packing)
    if dtype == "U8" and _is_in_pairs(name, stem, by_name):
        return 2 * tensor.numbers
    if _is_beside(name, stem, last, by_name):
        return 0
    opaque = dtype in _OPAQUE and len(tensor.shape) > 1 and tensor.numbers > 1 << 16
    return None if opaque else tensor.numbers


def _quantised(
    tensor: Tensor, stem: str, by_name: Mapping[str, Tensor], packing: Packing
) -> int | None:
    """GPTQ packs rows and AWQ columns: the scales, one a column, say which."""
    scales, order = by_name.get(f"{stem}.scales"), by_name.get(f"{stem}.g_idx")
    if scales is None or len(tensor.shape) != 2 or len(scales.shape) != 2:
        return _by_bits(tensor, packing.bits)
    rows, columns = tensor.shape
    if scales.shape[0] == rows:  # the layout of AWQ for single vectors
        return _by_bits(tensor, packing.bits)
    if scales.shape[1] != columns:
        return rows * scales.shape[1]
    zeros = by_name.get(f"{stem}.qzeros")
    if order is not None:
        return order.numbers * columns
    if zeros is not None and len(zeros.shape) == 2 and zeros.shape[1]:
        return rows * columns * columns // zeros.shape[1]
    return _by_bits(tensor, packing.bits)


def _of_mlx(tensor: Tensor, scales: Tensor, packing: Packing) -> int | None:
    if packing.group_size and len(scales.shape) == len(tensor.shape):
        return math.prod(tensor.shape[:-1]) * scales.shape[-1] * packing.group_size
    return _by_bits(tensor, packing.bits)


def _by_bits(tensor: Tensor, bits: int | None) -> int | None:
    return tensor.numbers * (32 // bits) if bits and 1 <= bits <= 32 else None


def _is_mask(tensor: Tensor) -> bool:
    """Whether it is a square mask of positions, not a vector of biases."""
    shape = tensor.shape
    return len(shape) == 4 and shape[2] == shape[3] and bool(_MASK.search(tensor.name))


def _is_in_pairs(name: str, stem: str, by_name: Mapping[str, Tensor]) -> bool:
    """Whether a byte holds two weights: bitsandbytes, NVFP4, and the blocks of MXFP4."""
    if name.endswith("_blocks"):
        return f"{name.removesuffix('_blocks')}_scales" in by_name
    beside = (f"{name}.absmax", f"{stem}.weight_scale_2", f"{stem}.weight_global_scale")
    return any(place in by_name for place in beside)


def _is_beside(name: str, stem: str, last: str, by_name: Mapping[str, Tensor]) -> bool:
    if last in _BESIDE or _BESIDE_4BIT.search(name):
        return True
    if last in ("qzeros", "g_idx", "scales") and f"{stem}.qweight" in by_name:
        return True
    weight = by_name.get(f"{stem}.weight")
    if last in ("scales", "biases", "qbiases") and weight is not None and weight.dtype == "U32":
        return True
    return name.endswith("_scales") and f"{name.removesuffix('_scales')}_blocks" in by_name
