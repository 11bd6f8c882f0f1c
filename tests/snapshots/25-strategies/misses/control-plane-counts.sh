# The control plane's node is a place without Pods.
sed -i 's|^      terminationGracePeriodSeconds: 1|&\n      topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: pilots}}}]|' pilots.yaml
kubectl apply -f pilots.yaml
kubectl rollout status deployment pilots --timeout=12s || true
