"""The machine itself: packages, processes, signals, free resources and files written whole or not at all."""
