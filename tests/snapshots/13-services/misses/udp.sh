kubectl patch service office --type=json -p '[{"op": "replace", "path": "/spec/ports/0/protocol", "value": "UDP"}]'
# The rules on the visitor's node follow within a second.
sleep 2
