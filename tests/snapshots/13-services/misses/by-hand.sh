kubectl delete service office
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata:
  name: office
spec:
  ports:
    - port: 80
      targetPort: 8080
YAML
addresses=$(kubectl get pods -l part=office -o jsonpath='{range .items[*]}{"- addresses: ["}{.status.podIP}{"]\n"}{end}')
kubectl apply -f - <<YAML
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: office-by-hand
  labels:
    kubernetes.io/service-name: office
addressType: IPv4
ports:
- port: 8080
endpoints:
$addresses
YAML
