"""designchord turns a project idea into one consistent, checked software design."""

import os

__version__ = "0.1.0"

if os.name != "posix":
    raise SystemExit("designchord runs on Linux and macOS. On Windows, run it in WSL.")
