"""``python -m designchord`` is the command line."""

from designchord.cli import main

if __name__ == "__main__":
    main()
