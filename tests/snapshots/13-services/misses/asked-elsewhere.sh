kubectl patch service office --type=json -p '[{"op": "replace", "path": "/spec/ports/0/port", "value": 8080}]'
