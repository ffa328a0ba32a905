"""Whose a directory is: it holds one study, and one process at a time writes in it.

The same study continues there; another study, version or plug-in is refused with the difference shown, and files that
are no study's are left alone.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from divergence import own_code, specfile
from divergence.build import FAMILIES
from divergence.cell import STORED
from divergence.curves import TABLES as CURVES
from divergence.files import whole
from divergence.grounds import TABLES
from divergence.plugins import is_plugin, loaded_plugins
from divergence.settings import changed
from divergence.spec import Spec
from divergence.store import FILES, Store, StoreError, writing
from divergence.version import version

_SHOWN = 10
"""How many differences from another study are listed."""


@contextmanager
def only_writer(directory: Path) -> Iterator[None]:
    """Be the only one who writes a study in a directory, which is made if need be.

    Raises StoreError, before anything is written, if the directory has no study but files that one would overwrite:
    they are somebody's own. The same if somebody else is writing there.
    """
    foreign = sorted(path.name for path in (*_files(directory), *_maps(directory)) if path.exists())
    if foreign and not any((directory / file).exists() for file in FILES):  # ``begin`` asks these what they are
        raise StoreError(
            f"{directory}: holds no study, but files that a study would overwrite ({', '.join(foreign)}); "
            "use another directory"
        )
    with writing(directory):
        yield


def begin(spec: Spec, directory: Path, *, fresh: bool = False) -> dict[str, str]:
    """Note in a directory which study it holds, and return that.

    Raises StoreError if it holds another, and SpecError if what is noted could not be read again.
    """
    asked = about(spec)
    specfile.loads(asked["spec"], "the study")
    if fresh:
        discard(directory)
    for file in FILES:  # all of them, before anything is written
        if (directory / file).exists():
            with Store(directory, file) as store:
                _same(store, asked, directory)
    with Store(directory, create=True) as store:
        store.note(asked)
    write_spec(directory, asked)
    return asked


def write_spec(directory: Path, about: dict[str, str]) -> None:
    """``spec.toml``, as the store has it: there from the first moment, for whoever continues the study."""
    with whole(directory / "spec.toml") as temporary:
        temporary.write_text(about["spec"], encoding="utf-8")


def _same(store: Store, asked: dict[str, str], directory: Path) -> None:
    """Refuse to mix two studies in one directory."""
    before = store.about()
    if "spec" not in before and store.done():
        raise StoreError(f"{store.path}: does not say of which study it is; move it away, or start over with --fresh")
    if all(before.get(key, value) == value for key, value in asked.items()):
        return
    lines = changed(before, asked)
    shown = [f"  {line}" for line in lines[:_SHOWN]]
    if len(lines) > _SHOWN:
        shown.append(f"  … and {len(lines) - _SHOWN} more")
    what = "holds another study"
    if before.get("spec") == asked["spec"]:
        what = "what is finished there was computed by other code, which is not to be mixed with this"
    told = f"{directory}: {what}; use another directory, or start over (fresh=True, or --fresh)"
    raise StoreError("\n".join(["what differs from the study there:", *shown, told]))


def about(spec: Spec) -> dict[str, str]:
    """What identifies a study in a store: its specification, and what computes it.

    That is the version, the plug-ins that are loaded, and its own classes that are in none of these.
    """
    parts = [named.part for kind in FAMILIES for named in spec.of(kind)]
    code = "\n".join([*loaded_plugins().splitlines(), *own_code.fingerprints(parts, is_plugin)])
    known = {"version": version(), "spec": specfile.dumps(spec), "plugins": code}
    return known | {"measures": " ".join(STORED)}


def default_name(spec: Spec) -> str:
    """The directory a study goes to if none is named: the same study, version and plug-ins, the same directory."""
    text = "\n".join(f"{key}={value}" for key, value in sorted(about(spec).items()))
    return f"hch-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def discard(directory: Path) -> None:
    """Remove a study's files from a directory (and nothing else in it).

    The file that says which study it is goes last: whoever is killed half-way leaves what is refused to any other.
    """
    for path in reversed(_files(directory)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _files(directory: Path) -> list[Path]:
    """What a study writes into its directory, whether it is there or not (but for maps over fields), ``FILE`` first."""
    stores = [file + ending for file in FILES for ending in ("", "-shm", "-wal")]
    tables = [f"{name}.csv" for name in ("results", "summary", *TABLES, *CURVES)]
    return [directory / name for name in (*stores, *tables, "report.html", "spec.toml")]


def _maps(directory: Path) -> list[Path]:
    """The maps over fields that are there: tables and pictures that a study may have, and keeps when it starts over."""
    names = [f"{kind}-*.{ending}" for kind in ("phase", "sensitivity") for ending in ("csv", "html")]
    return [path for name in names for path in directory.glob(name)]
