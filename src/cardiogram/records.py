"""Data classes and named tuples that a start can afford.

They are written as the standard library's, type checkers take them for those, and
`dataclasses.fields`, `asdict` and `replace` know them. The standard library compiles six functions
for a data class, and the type of each field of a named tuple: a sixth of the time of
`cardiogram check`. Here `__init__` is all that is compiled.
"""

from __future__ import annotations

import collections
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass, field as field, replace as replace
    from typing import NamedTuple as NamedTuple


class _Factory:
    """What makes the default of a field."""

    def __init__(self, default_factory: Callable[[], object]) -> None:
        self.make = default_factory

    def __repr__(self) -> str:
        return "<factory>"


class _Fields:
    """The fields of a data class, described as the standard library does when it asks for them."""

    def __init__(self, plain: type) -> None:
        self._plain = plain

    def __get__(self, instance: object, owner: type) -> object:
        """Describe them, and keep that."""
        import dataclasses

        for name, value in list(vars(self._plain).items()):
            if isinstance(value, _Factory):
                setattr(self._plain, name, dataclasses.field(default_factory=value.make))
        described: type = dataclasses.dataclass(frozen=owner.__hash__ is not None)(self._plain)
        for name in ("__dataclass_params__", "__dataclass_fields__"):
            setattr(owner, name, getattr(described, name))
        return vars(owner)["__dataclass_fields__"]


def _dataclass(*, slots: bool, frozen: bool = False) -> Callable[[type], type]:
    """What `dataclasses.dataclass` does, for a class with slots; its bases have no defaults."""
    methods = {**_METHODS, **_FROZEN} if frozen else _METHODS

    def process(plain: type) -> type:
        own = tuple(plain.__annotations__)
        every = (*getattr(plain, "__match_args__", ()), *own)
        inside = {**methods, **vars(plain), "__slots__": own, "__match_args__": every}
        defaults = {name: inside.pop(name) for name in own if name in inside}
        init = _make_init(every, defaults, "set_{}(self, {})" if frozen else "self.{} = {}")
        for key in ("__dict__", "__weakref__"):
            inside.pop(key)
        inside |= {"__dataclass_fields__": _Fields(plain), "__init__": init}
        made = type(plain.__name__, plain.__bases__, inside)
        made.__qualname__ = plain.__qualname__
        above = getattr(vars(plain.__bases__[0]).get("__init__"), "__annotations__", {})
        init.__annotations__ = {**above, **plain.__annotations__, "return": "None"}
        init.__globals__.update({f"set_{name}": getattr(made, name).__set__ for name in every})
        return made

    return process


def _make_init(fields: tuple[str, ...], defaults: dict[str, object], setting: str) -> FunctionType:
    """The function that sets all fields: past `__setattr__`, which refuses in a frozen class."""
    known: dict[str, object] = {}
    lines = []
    for name in fields:
        value = name
        if isinstance(default := defaults.get(name), _Factory):
            known[f"make_{name}"] = default
            value = f"{name} if {name} is not make_{name} else {name}.make()"
        lines.append(setting.format(name, value))
    exec(f"def __init__(self, {', '.join(fields)}): {'; '.join(lines)}", known)
    init = cast(FunctionType, known["__init__"])
    init.__defaults__ = tuple(defaults.values())
    return init


class _Record:
    __match_args__: tuple[str, ...]


def _values(record: _Record) -> tuple[object, ...]:
    return tuple([getattr(record, name) for name in record.__match_args__])


def _repr(self: _Record) -> str:
    shown = [f"{name}={getattr(self, name)!r}" for name in self.__match_args__]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _eq(self: _Record, other: _Record) -> object:
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _reduce(self: _Record) -> tuple[type, tuple[object, ...]]:
    return type(self), _values(self)


def _refuse(self: _Record, name: str, value: object = None) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _replace(record: _Record, **changes: object) -> _Record:
    return type(record)(**dict(zip(record.__match_args__, _values(record), strict=True)) | changes)


_METHODS: dict[str, object] = {
    "__repr__": _repr,
    "__eq__": _eq,
    "__reduce__": _reduce,
    "__hash__": None,
}
_FROZEN: dict[str, object] = {
    "__hash__": lambda self: hash(_values(self)),
    "__setattr__": _refuse,
    "__delattr__": _refuse,
}


class _NamedTuple(type):
    """Makes a named tuple of a class whose fields are annotated."""

    def __new__(cls, name: str, bases: tuple[type, ...], inside: dict[str, object]) -> type:
        if not bases:
            return super().__new__(cls, name, bases, inside)
        fields = cast("dict[str, str]", inside["__annotations__"])
        defaults = [inside.pop(field) for field in fields if field in inside]
        make = cast(Callable[..., type], collections.namedtuple)
        made = make(name, fields, defaults=defaults, module=inside["__module__"])
        made.__new__.__annotations__ = fields
        for key, value in inside.items():
            setattr(made, key, value)
        return made


if not TYPE_CHECKING:
    dataclass, field, replace = _dataclass, _Factory, _replace
    NamedTuple = _NamedTuple("NamedTuple", (), {})
