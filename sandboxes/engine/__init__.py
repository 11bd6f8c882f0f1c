"""The Docker engine: found, described, installed, started, and the one client that talks to it."""
