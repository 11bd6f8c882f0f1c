kubectl run rowboat --image=busybox:1.35 -- sleep 86400
sed '/^---$/,$!d' ships.yaml | sed 's/^      command:.*/&\n      resources: {limits: {memory: 32Mi}}/' | kubectl apply -f -
kubectl wait --for=condition=Ready pod/rowboat pod/ferry pod/tanker --timeout=60s
