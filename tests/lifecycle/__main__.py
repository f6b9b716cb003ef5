"""``python -m tests.lifecycle …`` is ``designchord …`` with one kind more."""

from designchord.cli import main
from designchord.kinds.registry import register
from tests.lifecycle.kind import LifecycleKind

register(LifecycleKind())

if __name__ == "__main__":
    main()
