kubectl patch service office -p '{"spec": {"sessionAffinity": "ClientIP"}}'
# The rules on the visitor's node follow within a second.
sleep 2
