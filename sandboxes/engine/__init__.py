"""The Docker engine: finding, describing, installing and starting it, and the one client that talks to it."""
