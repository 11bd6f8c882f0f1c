# Three on one node, one on the other.
sed -i 's|^      terminationGracePeriodSeconds: 1|&\n      topologySpreadConstraints: [{maxSkew: 3, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, nodeTaintsPolicy: Honor, labelSelector: {matchLabels: {app: pilots}}}]|' pilots.yaml
kubectl apply -f pilots.yaml
kubectl rollout status deployment pilots --timeout=60s
