kubectl patch role look-at-pods --type=json -p '[{"op": "add", "path": "/rules/-", "value": {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["update"]}}]'
