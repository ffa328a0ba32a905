"""Working files of about 20 lines to start a part of one's own from (``hch new``)."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from divergence.build import FAMILIES, SpecError, nearest
from scenarios import part as parts

OVERSEER = '''"""An overseer of your own: change the two methods, then compare it with the built-in human."""

from overseers.base import Belief, Hearing, Overseer
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class {name}(Overseer):
    """A human who is the harder to sway by argument, the higher the question stands in the tree."""

    discernment: float = field(8.0, "weight of what it can verify", symbol="κ", ge=0)
    gameability: float = field(1.5, "weight of persuasion at a leaf", symbol="γ", ge=0)
    self_persuasion: float = field(0.5, "share of persuasion in its own thought", symbol="λ", ge=0, le=1)

    def own(self, hearing: Hearing) -> Belief:
        heard = hearing.appeal + hearing.thought
        return Belief(self._gullibility(hearing) * self.self_persuasion * heard, self.discernment)

    def rating(self, hearing: Hearing, speech: Floats) -> Belief:
        return Belief(self._gullibility(hearing) * (hearing.appeal + speech), self.discernment)

    def _gullibility(self, hearing: Hearing) -> float:
        return self.gameability / (1 + hearing.height)
'''

SCHEME = '''"""A training scheme of your own: say what perfect optimisation ends in, and what one episode costs."""

from distillers.base import Scheme
from distillers.episode import Episode, consultation
from hch.policy import Choices
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import choose


@part
class {name}(Scheme):
    """Answer what HCH finds most likely, unless the answer's appeal on its face is suspiciously high."""

    suspicion: float = field(1.0, "log-probability lost per unit of appeal above the mean", ge=0)

    def optimum(self, setting: Setting) -> Choices:
        chosen = []
        for level in setting.trees.levels:
            likely = setting.hch.at(level.height)
            shine = level.appeal - level.appeal.mean(axis=0)
            chosen.append(choose(likely * 2.718 ** (-self.suspicion * shine), level.places))
        return Choices(chosen, setting.trees.claims)

    def episode(self, setting: Setting) -> Episode:
        return consultation(setting)
'''

SCENARIO = '''"""A scenario of your own: say how sub-answers join, and what is true at the leaves."""

import numpy as np

from scenarios import streams
from scenarios.base import TreeScenario
from scenarios.joins import Answers, Join, TableJoin
from scenarios.part import field, part
from scenarios.streams import Keys


@part
class {name}(TreeScenario):
    """Is anything wrong below? Claim 1 (yes) as soon as one sub-answer says so."""

    claims: int = field(2, "no, yes", symbol="K", ge=2, le=2)
    depth: int = field(3, "levels of sub-questions below the root", symbol="d", ge=0, le=24)
    trouble_rate: float = field(0.05, "share of leaves with something wrong", ge=0, le=1)

    def join(self) -> Join:
        splits = np.ndindex(*[self.claims] * self.branching)
        return TableJoin(tuple(max(split) for split in splits), self.claims, self.branching)

    def leaf_truths(self, keys: Keys, roots: Keys) -> Answers:
        return (streams.uniforms(keys, "trouble") < self.trouble_rate).astype(np.intp)
'''

KINDS = {"overseer": OVERSEER, "scheme": SCHEME, "scenario": SCENARIO}


def write(kind: str, name: str, out: Path | None) -> Path:
    """Write a part's file. Raises SpecError for an unknown kind, a bad or taken name, or a file that exists."""
    if kind not in KINDS:
        raise SpecError(f"new: no kind '{kind}'{nearest(kind, KINDS)}; there are: {', '.join(KINDS)}")
    words = re.findall(r"[A-Za-z][a-z0-9]*|[0-9]+", name)
    if not words or not name[0].isalpha() or re.search(r"[^A-Za-z0-9 _-]", name):
        raise SpecError(f"new: '{name}' is no name: letters, digits and hyphens, a letter first, e.g. tired-human")
    part_name, (family, package) = "-".join(words).lower(), FAMILIES[kind]
    if taken := parts.find(family, package).get(part_name):
        raise SpecError(f"new: there is a part called '{part_name}' already ({taken.__module__}); choose another name")
    path = out or Path("_".join(words).lower() + ".py")
    if path.suffix != ".py":
        raise SpecError(f"new: {path}: a plug-in's name must end in .py")
    if path.exists():
        raise SpecError(f"new: {path} exists already; name another file with --out")
    path.write_text(KINDS[kind].format(name="".join(word.capitalize() for word in words)), encoding="utf-8")
    return path


def command(kind: str, name: str, path: Path) -> str:
    """The command that compares the new part with the built-in ones."""
    words = [word.lower() for word in re.findall(r"[A-Za-z][a-z0-9]*|[0-9]+", name)]
    mine = f"--{kind} {'-'.join(words)}"
    beside = {"overseer": "--overseer human ", "scheme": "--scheme imitation --scheme approval ", "scenario": ""}[kind]
    return f"hch compare --quick --plugin {shlex.quote(str(path))} {beside}{mine}"
