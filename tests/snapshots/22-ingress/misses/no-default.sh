kubectl patch ingress rest --type=json -p '[{"op": "remove", "path": "/spec/defaultBackend"}]'
