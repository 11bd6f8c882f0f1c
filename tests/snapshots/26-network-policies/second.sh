# Another right way: one policy that closes everything in one direction, allowed again connection by connection in policies
# of other names, with expressions, port names and ranges, and the DNS open to everyone at any place.
kubectl create -f harbour.yaml -f customs.yaml
for name in records office crane visitor trainee; do kubectl rollout status deployment/$name --timeout=60s; done
for name in gate inspector clerk; do kubectl rollout status -n customs deployment/$name --timeout=60s; done
kubectl create -f - <<'YAML'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nothing-in}
spec:
  podSelector: {matchExpressions: [{key: app, operator: Exists}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: office-to-records}
spec:
  podSelector: {matchExpressions: [{key: app, operator: In, values: [records]}]}
  ingress:
    - from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [office]}]}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: inspectors-to-records}
spec:
  podSelector: {matchLabels: {app: records}}
  ingress:
    - from:
        - podSelector: {matchExpressions: [{key: role, operator: NotIn, values: [clerk]}, {key: role, operator: Exists}]}
          namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [customs]}]}
      ports: [{protocol: TCP, port: 6000, endPort: 7000}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: office-both-ways}
spec:
  podSelector: {matchLabels: {app: office}}
  policyTypes: [Egress, Ingress]
  ingress: [{ports: [{port: 80, protocol: TCP}]}]
  egress:
    - ports: [{port: 53, protocol: UDP}, {port: 53}]
    - to: [{podSelector: {matchLabels: {app: records}}}]
YAML
