kubectl patch service office --type=json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": "htpp"}]'
# The rules on the visitor's node follow within a second.
sleep 2
