"""`python -m grc.cli` is `grc`."""

from grc.cli import main

if __name__ == "__main__":
    main()
