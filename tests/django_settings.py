"""Django's settings for tests: a home folder of their own, no variable of the person who runs them."""

from __future__ import annotations

import os
import tempfile

from designchord.llm.providers import variables

for _name in [name for name in os.environ if name.startswith("DESIGNCHORD_")] + list(variables()):
    os.environ.pop(_name, None)

_HOME = tempfile.TemporaryDirectory(prefix="designchord-tests-", ignore_cleanup_errors=True)
os.environ["DESIGNCHORD_HOME"] = _HOME.name

from designchord.djangoconf import *  # noqa: E402, F403

DATABASES["default"]["TEST"] = {"NAME": f"{_HOME.name}/test.sqlite3"}  # noqa: F405 - a file, for many threads
