"""The machine itself: packages, processes, signals, free resources, and files that are written completely or not at all."""
