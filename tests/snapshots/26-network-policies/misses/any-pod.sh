kubectl apply -f - <<'YAML'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: records}
spec:
  podSelector: {matchLabels: {app: records}}
  policyTypes: [Ingress]
  ingress:
    - {from: [{podSelector: {}}, {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: customs}}, podSelector: {matchLabels: {role: inspector}}}], ports: [{port: 6379}]}
YAML
