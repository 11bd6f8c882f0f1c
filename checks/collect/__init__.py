"""From the objects of an engine or a cluster to a Snapshot."""
