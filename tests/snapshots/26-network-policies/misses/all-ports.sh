kubectl apply -f - <<'YAML'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: office}
spec:
  podSelector: {matchLabels: {app: office}}
  policyTypes: [Ingress]
  ingress:
    - {from: [{podSelector: {}}]}
YAML
