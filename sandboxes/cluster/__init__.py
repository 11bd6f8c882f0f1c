"""The kind cluster that labs run on. `manage` creates or repairs it, finds it, describes it and deletes it."""
