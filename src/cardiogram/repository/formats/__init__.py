"""Readers of files and headers that trust nothing: bounded in time, memory and depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.formats.chat_rendering import render_chat
    from cardiogram.repository.formats.gguf import GgufArray, GgufHeader, gguf_header
    from cardiogram.repository.formats.safetensors import SafetensorsHeader, safetensors_header
    from cardiogram.repository.formats.streamed import stream_json
    from cardiogram.repository.formats.strict import is_deep, read_json, read_yaml
    from cardiogram.repository.formats.tensor import Tensor

attach(__name__)
