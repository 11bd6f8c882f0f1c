# A preference against a preference.
sed -i 's|^      terminationGracePeriodSeconds: 1|&\n      topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, nodeTaintsPolicy: Honor, labelSelector: {matchLabels: {app: pilots}}}]|' pilots.yaml
kubectl apply -f pilots.yaml
kubectl rollout status deployment pilots --timeout=60s
