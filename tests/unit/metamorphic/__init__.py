"""Harmless changes and single mutations of recorded snapshots, with which graders are tested."""
