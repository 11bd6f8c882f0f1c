"""The kind cluster that labs run on. `manage` makes it ready, finds it, describes it and takes it away."""
