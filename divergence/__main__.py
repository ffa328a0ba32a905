"""``python -m divergence`` is the ``hch`` command."""

from divergence.cli import main

if __name__ == "__main__":
    main()
