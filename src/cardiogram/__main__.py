"""`python -m cardiogram` is `cardiogram`."""

from cardiogram.cli import main

main()
