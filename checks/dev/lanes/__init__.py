"""Lanes: the tests of the project side by side, each kind on an engine that the others do not disturb."""
