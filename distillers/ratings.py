"""How a rater rates the draws of the base policy: the straight line ``location_a + slope_a·x`` in an argument's force.

That a rating is a straight line is an assumption, and it is checked: the rater is asked what it makes of arguments of
force 0 and ±1000, and if these are not on one line (a sceptic's are not) ``NoOptimum`` says so. Whatever wraps the
human, only ``Overseer.rating`` is asked; a deafened rater's line is flat.

The *expected* rating is linear in attention. A rating that is *given* once, as in best-of-N, either verifies or does
not, and has one row for every claim and number of raters who looked. The members of a panel may hear versions of their
own of an argument; these are drawn afresh with it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import special

from distillers.base import NoOptimum
from distillers.draws import Draws
from hch.setting import Setting
from overseers.beliefs import Mind, Opinion
from scenarios.streams import Floats, Keys

_FAR = 1000.0
_SAME = 9
"""Decimals to which point masses are compared: ratings closer than 1e-9 are tied."""


def expected_ratings(setting: Setting) -> Draws:
    """Draws with the rating they get on average over attention: ``ακP(c=a) + γ(v + x)``."""
    merit = setting.hch_merits[-1]
    return _draws(setting, [(1.0, [opinion.expected(merit)[:, 0] for opinion in _opinions(setting)])])


def ratings_given(setting: Setting) -> Draws:
    """Draws with the rating each is given once, by raters of whom each verifies with chance ``α``, or does not."""
    merit = setting.hch_merits[-1]
    opinions = [opinion.voices for opinion in _opinions(setting)]
    options = []
    for looks, chance in _looks(opinions[0], merit):
        ratings = [_mean_rating(voices, looks, merit) for voices in opinions]
        options.append((chance, ratings))
    return _draws(setting, options)


def _opinions(setting: Setting) -> list[Opinion]:
    """What raters make of the roots' claims when every argument has force 0, -1000, 1000; then one for every version.

    A panel's members hear versions of their own of an argument; each in turn is given force 1000, all else being 0.
    """
    hearing = setting.hearing(setting.trees.depth, searched=1)

    def heard(force: float, version: int = -1) -> tuple[Opinion, int]:
        presented = Presented(np.full_like(hearing.appeal, force), version)
        return setting.rater.rating(replace(hearing, arguments=presented), presented.force), len(presented.versions)

    silent, versions = heard(0.0)
    alone = [heard(0.0, version)[0] for version in range(versions)]
    return [silent, heard(-_FAR)[0], heard(_FAR)[0], *alone]


@dataclass(frozen=True)
class Presented:
    """Arguments of one known force; further draws (``another``) are silent but for number ``version``."""

    force: Floats
    version: int = -1
    versions: list[Keys] = field(default_factory=list)

    def best_of(self, n: float) -> Floats:
        return self.force

    def mean(self, n: float) -> Floats:
        return np.zeros_like(self.force)

    def another(self, keys: Keys) -> Presented:
        force = _FAR if len(self.versions) == self.version else 0.0
        self.versions.append(keys)
        return replace(self, force=np.full_like(self.force, force))

    def at(self, where: Any) -> Presented:
        return replace(self, force=self.force[where])


def _looks(voices: Sequence[Mind], merit: Floats) -> Iterator[tuple[tuple[bool, ...], float | Floats]]:
    """Who verifies, and the chance of it, a number or (questions,). Members who are alike are only counted."""
    if all(voice.always_looks for voice in voices):
        yield (True,) * len(voices), 1.0
        return
    attention = [np.broadcast_to(voice.attention, merit.shape[1:])[0] for voice in voices]
    gains = [voice.believed(merit) - voice.believed(None) for voice in voices]
    alike = all(np.array_equal(attention[0], other) for other in attention[1:]) and all(
        np.allclose(gains[0], other, rtol=1e-9, atol=1e-9) for other in gains[1:]
    )
    members = len(voices)
    if alike:
        for count in range(members + 1):
            chance = special.comb(members, count) * attention[0] ** count * (1.0 - attention[0]) ** (members - count)
            yield (True,) * count + (False,) * (members - count), chance
        return
    for looks in itertools.product((True, False), repeat=members):
        yield looks, np.prod([own if look else 1.0 - own for own, look in zip(attention, looks, strict=True)], axis=0)


def _mean_rating(voices: Sequence[Mind], looks: Sequence[bool], merit: Floats) -> Floats:
    """The rating that voices give together, (claims, questions): the mean of what each believes."""
    believed = [voice.believed(merit if look else None) for voice, look in zip(voices, looks, strict=True)]
    return np.asarray(sum(believed[1:], start=believed[0])[:, 0] / len(believed))


def _draws(setting: Setting, options: Sequence[tuple[float | Floats, list[Floats]]]) -> Draws:
    """One row per claim and option; an option is its chance and the ratings that ``_opinions`` give."""
    root = setting.trees.root
    base, scale = setting.hch.root, root.rhetoric.scale[:, 0]
    lines = [_line(setting, *ratings) for _, ratings in options]
    location = np.concatenate([location for location, _ in lines])
    spread = np.concatenate([slope * scale for _, slope in lines])
    return Draws(
        claims=root.claims,
        mass=np.concatenate([base * chance for chance, _ in options]),
        location=np.where(spread > 0.0, location, np.round(location, _SAME)),
        spread=spread,
        family=root.rhetoric.family,
        freedom=root.rhetoric.freedom,
    )


def _line(setting: Setting, silent: Floats, low: Floats, high: Floats, *versions: Floats) -> tuple[Floats, Floats]:
    """Location and size of the slope of a rating that is a straight line in the argument's force.

    Where members hear versions of their own, the rating is a sum over independent forces; only normal ones add up to
    the same family again, with the root of the slopes' squares.
    """
    slope = np.abs(high - low) / (2.0 * _FAR)
    who = setting.human.part_name()
    if not np.allclose((high + low) / 2.0, silent, rtol=1e-9, atol=1e-6):
        raise NoOptimum(f"undefined: the rating of '{who}' is not a straight line in the argument's force")
    if not versions:
        return silent, slope
    own = sum(((rating - silent) / _FAR) ** 2 for rating in versions)
    if np.any(own > 0.0) and setting.trees.root.rhetoric.family != "normal":
        raise NoOptimum(
            f"undefined: members of '{who}' hear versions of their own (shared_argument < 1): the mean of these "
            "has a known law only if rhetoric_family is normal"
        )
    return silent, np.asarray(np.sqrt(slope**2 + own))
