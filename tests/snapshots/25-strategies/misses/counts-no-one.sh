# Copied from another Deployment.
sed -i 's|^      terminationGracePeriodSeconds: 1|&\n      topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, nodeTaintsPolicy: Honor, labelSelector: {matchLabels: {app: board}}}]|' pilots.yaml
kubectl apply -f pilots.yaml
kubectl rollout status deployment pilots --timeout=60s
