"""Parts from a user's own file (``--plugin FILE.py``).

The file is imported; the parts it defines are found like the built-in ones. Its contents are part of a study's
identity, and its classes travel to workers by value.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import cloudpickle

from divergence.build import FAMILIES
from scenarios import part as parts
from scenarios.part import PartError

_LOADED: dict[Path, str] = {}
"""Whole path of a plug-in → its name and fingerprint."""
_MODULE = "plugin_"


class PluginError(ValueError):
    """A plug-in cannot be used; the message names the file and says why."""


def load_plugin(path: Path) -> ModuleType:
    """Import a plug-in file. Raises PluginError if it does not load, defines no part, or forgot ``@part``."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise PluginError(f"{path}: cannot be read: {error.strerror or error}") from error
    name = f"{_MODULE}{path.stem}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
    found = importlib.util.spec_from_file_location(name, path)
    if found is None or found.loader is None:
        raise PluginError(f"{path}: not a Python file (its name must end in .py)")
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    try:
        found.loader.exec_module(module)
    except Exception as error:  # whatever a user's file raises is reported with its place
        sys.modules.pop(name, None)
        raise PluginError(f"{path}{_line(error, path)}: {type(error).__name__}: {error}") from error
    _check(module, path)
    cloudpickle.register_pickle_by_value(module)
    _LOADED[path.resolve()] = f"{path.name} {hashlib.sha256(source).hexdigest()}"
    return module


def load_plugins(paths: Iterable[Path] | None) -> None:
    """Import plug-in files, so that their parts are known."""
    for path in paths or []:
        load_plugin(path)


def loaded_plugins() -> str:
    """Names and fingerprints of the plug-ins in use, one a line."""
    return "\n".join(sorted(_LOADED.values()))


def is_plugin(module: str) -> bool:
    """Whether a module is a plug-in, by its name."""
    return module.startswith(_MODULE)


def _check(module: ModuleType, path: Path) -> None:
    made = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, parts.Part) and value.__module__ == module.__name__
    ]
    if not made:
        raise PluginError(f"{path}: defines no part: subclass Overseer, Scheme or Scenario and decorate it with @part")
    for cls in made:
        if "__part__" not in cls.__dict__:
            raise PluginError(f"{path}: class {cls.__name__} is not decorated: write @part above it")
        if missing := sorted(getattr(cls, "__abstractmethods__", ())):
            raise PluginError(f"{path}: class {cls.__name__} does not define {', '.join(missing)}")
    try:
        for family, package in FAMILIES.values():
            parts.find(family, package)
    except PartError as error:
        raise PluginError(f"{path}: {error}") from error


def _line(error: Exception, path: Path) -> str:
    """The line of the plug-in in which something went wrong, where it can be told."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f":{error.lineno}"
    trace, line = error.__traceback__, None
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).resolve() == path.resolve():
            line = trace.tb_lineno
        trace = trace.tb_next
    return f":{line}" if line else ""
