"""A ready engine: found, or installed and started with consent."""

from sandboxes.engine import daemon, endpoint, find, install
from sandboxes.engine.find import Engine, State
from sandboxes.steps import Progress


def ensure(progress: Progress) -> Engine:
    """Return the engine that labs run on, installed and started with consent (see `packages.ask`).

    An engine that answers is used as it is. Raises SlipwayError where none can be provided.
    """
    where = endpoint.find()
    endpoint.refuse_remote(where)
    ours = where.url == endpoint.DEFAULT_URL
    engine = find.describe(where)
    if parts := install.missing_parts(daemon=ours and engine.state is State.NOT_INSTALLED):
        install.install(parts, progress)
        engine = find.describe(where)
    if ours and engine.state is State.NOT_RUNNING:
        engine = daemon.start(daemon.own(), progress)
    if engine.state is State.NO_RIGHTS and find.group_is_new():
        find.become_member()
    return find.connect()
