"""Settings for all tests."""

import os

from hypothesis import settings

# In continuous integration the same examples every time: a change that did not touch a thing cannot break it.
settings.register_profile("ci", derandomize=True, deadline=None)
if "CI" in os.environ:
    settings.load_profile("ci")
