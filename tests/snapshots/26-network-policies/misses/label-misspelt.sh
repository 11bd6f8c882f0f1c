kubectl apply -f - <<'YAML'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: records}
spec:
  podSelector: {matchLabels: {app: records}}
  policyTypes: [Ingress]
  ingress:
    - {from: [{podSelector: {matchLabels: {app: ofice}}}], ports: [{port: 6379}]}
YAML
