"""What a plug-in is: one frozen, checked class in one file.

Scenarios, overseers and schemes are *parts*. A part's constructor is its whole configuration: its fields are the keys
of a spec, the parameters of a sweep, the columns of the results and the rows of ``hch list``. ``@part`` turns a class
into a frozen, strict pydantic dataclass in which every field has a default, a meaning, and (where it has one) a symbol,
a unit and a permitted range. Unknown fields, NaN, infinities and wrong types are refused by name.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints
from weakref import WeakKeyDictionary

import pydantic
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic.fields import FieldInfo

_CONFIG = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)


class PartError(ValueError):
    """A part was named, configured or defined wrongly; the message says where and what is permitted."""


def field(default: Any, meaning: str, *, symbol: str = "", unit: str = "", **bounds: Any) -> Any:
    """A configuration field.

    ``bounds`` are pydantic's (``ge``, ``gt``, ``le``, ``lt``). Booleans and choices need none. ``symbol`` is the letter
    the model's equations use; ``unit`` is printed in tables and on axes.
    """
    return Field(default=default, description=meaning, json_schema_extra={"symbol": symbol, "unit": unit}, **bounds)


class Part:
    """Base of everything pluggable. Subclasses must be decorated with ``@part``."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if "__part__" not in cls.__dict__:
            raise PartError(f"{cls.__name__} is not decorated: write @part above 'class {cls.__name__}'")
        if args:  # an overseer's first field is a time, and few would guess it
            named = ", ".join(f"{note.name}=…" for note in notes(cls)[:2])
            raise PartError(f"{cls.__name__}: fields are given by name, {cls.__name__}({named})")
        return super().__new__(cls)

    @classmethod
    def part_name(cls) -> str:
        """The name in specs, lists and result rows: the class name in lower-case words joined by hyphens."""
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", cls.__name__)
        return "-".join(word.lower() for word in words)


PartType = TypeVar("PartType", bound=type)


@dataclass_transform(
    frozen_default=True, kw_only_default=True
)  # ``field`` is no specifier: checkers would want its default by keyword
def part(cls: PartType) -> PartType:
    """Make ``cls`` a part: a frozen, strict dataclass whose every field has a default."""
    missing = [name for name in inspect.get_annotations(cls) if not name.startswith("_") and name not in cls.__dict__]
    if missing:
        raise PartError(f"{cls.__name__}.{missing[0]} has no default: a part must be constructible without arguments")
    made: Any = pydantic_dataclass(frozen=True, kw_only=True, config=_CONFIG)(cls)
    made.__part__ = f"{cls.__module__}.{cls.__qualname__}"  # its own: pickling by value drops what a base has too
    return made  # type: ignore[no-any-return]


@dataclass(frozen=True)
class FieldNote:
    """One configuration field as people read it (``hch list``)."""

    name: str
    default: Any
    meaning: str
    symbol: str
    unit: str
    permitted: str
    low: float | None
    high: float | None
    kind: Any
    """The type it is declared with."""


_NOTED: WeakKeyDictionary[type[Part], tuple[FieldNote, ...]] = WeakKeyDictionary()
"""Reading a study asks for the fields of the same parts over and over."""


def notes(cls: type[Part]) -> tuple[FieldNote, ...]:
    """The fields of a part: its own first, then those it inherits."""
    if cls not in _NOTED:
        _NOTED[cls] = _notes(cls)
    return _NOTED[cls]


def _notes(cls: type[Part]) -> tuple[FieldNote, ...]:
    hints = get_type_hints(cls)
    described: dict[str, FieldInfo] = cls.__pydantic_fields__  # type: ignore[attr-defined]
    own = inspect.get_annotations(cls)
    ordered = sorted(described, key=lambda name: name not in own)
    return tuple(_note(name, described[name], hints.get(name, object)) for name in ordered)


def _note(name: str, info: FieldInfo, kind: Any) -> FieldNote:
    bounds = {
        key: getattr(rule, key) for rule in info.metadata for key in ("ge", "gt", "le", "lt") if hasattr(rule, key)
    }
    low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
    extra: Any = info.json_schema_extra or {}
    return FieldNote(
        name=name,
        default=info.default,
        meaning=info.description or "",
        symbol=extra.get("symbol", ""),
        unit=extra.get("unit", ""),
        permitted=_permitted(kind, bounds),
        low=low,
        high=high,
        kind=kind,
    )


def _permitted(kind: Any, bounds: dict[str, float]) -> str:
    if get_origin(kind) is tuple:
        return "list of " + {int: "whole numbers", float: "numbers", str: "texts"}.get(get_args(kind)[0], "values")
    if hasattr(kind, "__args__") and not bounds:
        return " | ".join(str(choice) for choice in kind.__args__)
    if inspect.isclass(kind) and issubclass(kind, Part):
        return f"{kind.__name__.lower()} (a table with its own type)"
    name = {int: "whole number", float: "number", bool: "true | false", str: "text"}.get(kind, "")
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    limits = ", ".join(f"{signs[key]} {value:g}" for key, value in bounds.items())
    return f"{name} {limits}".strip()


PartFamily = TypeVar("PartFamily", bound=Part)


def find(family: type[PartFamily], package: str) -> dict[str, type[PartFamily]]:
    """Every concrete part of a family by name: the modules of ``package`` are walked, plug-ins are found as subclasses.

    A class defined again under the same module and name (a notebook cell run twice) replaces its earlier self; two
    different classes with one part name are refused.
    """
    _import_all(package)
    found: dict[str, type[PartFamily]] = {}
    for cls in [family, *_subclasses(family)]:
        if "__part__" not in cls.__dict__ or inspect.isabstract(cls):
            continue
        name = cls.part_name()
        other = found.get(name)
        if other is not None and (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
            raise PartError(f"two parts are called '{name}': {_where(other)} and {_where(cls)}; rename one")
        found[name] = cls
    return found


def undecorated(family: type[Part]) -> list[type[Part]]:
    """Concrete subclasses that forgot ``@part`` (plug-ins are refused with their names)."""
    return [cls for cls in _subclasses(family) if "__part__" not in cls.__dict__ and not inspect.isabstract(cls)]


def _where(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _subclasses(cls: type[PartFamily]) -> list[type[PartFamily]]:
    direct = type.__subclasses__(cls)
    return direct + [deeper for child in direct for deeper in _subclasses(child)]


@cache
def _import_all(package: str) -> None:
    root = importlib.import_module(package)
    for module in pkgutil.iter_modules(root.__path__, f"{package}."):
        if module.name not in sys.modules:
            importlib.import_module(module.name)


def held(made: Part) -> dict[str, Any]:
    """The values of a part's fields, by name."""
    return {spec.name: getattr(made, spec.name) for spec in fields(made)}  # type: ignore[arg-type]


def as_table(made: Part) -> dict[str, Any]:
    """A part as the plain table that builds it again (``type`` first, every field spelt out)."""
    table: dict[str, Any] = {"type": made.part_name()}
    for name, value in held(made).items():
        table[name] = as_table(value) if isinstance(value, Part) else value
    return table


def explain(error: pydantic.ValidationError, where: str, within: str = "") -> list[tuple[str, str]]:
    """Pydantic's complaints: the field (none where fields do not go together), and a line.

    A line has the place, what is wrong, what was given. ``within``: the field that ``where`` names, if it names one.
    """
    lines = []
    for problem in error.errors():
        steps = [str(step) for step in problem["loc"]]
        name = steps[0] if steps else ""
        place = ".".join([where, *(steps[1:] if name == within else steps)])
        given = problem.get("input")
        unsaid = not steps or problem["type"] in ("missing", "unexpected_keyword_argument")  # what was given is all
        shown = "" if unsaid else f" (given: {given!r})"
        lines.append((name, f"{place}: {problem['msg'].removeprefix('Value error, ')}{shown}"))
    return lines
