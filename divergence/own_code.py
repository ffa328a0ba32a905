"""What classes of a script or a notebook do, which no ``--plugin`` file holds, as a fingerprint.

Results must not outlive the code that computed them. A class is described by the byte code and constants of its
functions, by its plain attributes, and by whatever of its own module these refer to, wherever it stands in the file.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from scenarios.part import Part, held

_OURS = ("scenarios", "overseers", "hch", "distillers", "divergence")
_PLAIN = (bool, int, float, complex, str, bytes, type(None))


def fingerprints(parts: list[Part], known: Callable[[str], bool]) -> list[str]:
    """``module.Class digest`` for every class of parts (bases and parts within them too), sorted.

    ``known``: whether the module of a name is accounted for already, as a plug-in's is; this software's own are.
    """
    found = {cls for part in parts for each in _within(part) for cls in type(each).__mro__}
    own = [cls for cls in found if _foreign(cls.__module__) and not known(cls.__module__)]
    return sorted(f"{cls.__module__}.{cls.__qualname__} {digest(cls)}" for cls in own)


def digest(cls: type) -> str:
    """A fingerprint of what a class does."""
    lines = "\n".join(_of_class(cls, {id(cls)}))
    return hashlib.sha256(lines.encode("utf-8", "backslashreplace")).hexdigest()


def _within(part: Part) -> Iterator[Part]:
    yield part
    for value in held(part).values():
        if isinstance(value, Part):
            yield from _within(value)


def _foreign(module: str) -> bool:
    """Whether a module is neither this software's nor a library's that parts are made with."""
    return module.split(".")[0] not in (*_OURS, "builtins", "abc", "typing")


def _of_class(cls: type, seen: set[int]) -> Iterator[str]:
    for name, value in sorted(vars(cls).items()):
        made = "__part__" in vars(cls) and name != "__post_init__"  # by the decorator
        if not name.startswith("__") or (isinstance(value, FunctionType) and not made):
            yield f"{cls.__qualname__}.{name}:"
            yield from _of(value, cls.__module__, seen)


def _of(value: Any, module: str, seen: set[int]) -> Iterator[str]:
    """What a value is, as far as code can hang on it: plain values, functions, classes of the same module."""
    if isinstance(value, staticmethod | classmethod):
        value = value.__func__
    if isinstance(value, cached_property):
        value = value.func
    if isinstance(value, _PLAIN):
        yield repr(value)
    elif isinstance(value, np.ndarray | np.generic):
        yield repr(value.tolist())
    elif isinstance(value, dict):
        yield from _of(list(value.items()), module, seen)
    elif isinstance(value, tuple | list | set | frozenset):
        for item in sorted(value, key=repr) if isinstance(value, set | frozenset) else value:
            yield from _of(item, module, seen)
    elif isinstance(value, property):
        for function in (value.fget, value.fset):
            yield from _of(function, module, seen)
    elif id(value) not in seen and getattr(value, "__module__", None) == module:
        seen.add(id(value))
        if isinstance(value, FunctionType):
            yield from _of_function(value, module, seen)
        elif inspect.isclass(value):
            yield from _of_class(value, seen)
        else:  # an instance of one of its classes
            yield from _of([type(value), getattr(value, "__dict__", {})], module, seen)


def _of_function(function: FunctionType, module: str, seen: set[int]) -> Iterator[str]:
    yield from _of(function.__defaults__, module, seen)
    yield from _of(tuple((function.__kwdefaults__ or {}).items()), module, seen)
    yield from _of(tuple(inspect.getclosurevars(function).nonlocals.items()), module, seen)
    yield from _of_code(function.__code__, function.__globals__, module, seen)


def _of_code(code: CodeType, names: dict[str, Any], module: str, seen: set[int]) -> Iterator[str]:
    yield f"{code.co_code.hex()} {code.co_names} {code.co_varnames}"
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _of_code(constant, names, module, seen)
        else:
            yield from _of(constant, module, seen)
    for name in code.co_names:
        if name in names:
            yield from _of(names[name], module, seen)
