"""`python -m bot.cli` is the command `torkham`."""

from bot.cli.main import main

main()
