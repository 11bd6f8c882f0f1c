set -x
kubectl apply -f piers.yaml
kubectl exec pier-0 -- nslookup pier-1.piers.lab-17-statefulsets.svc.cluster.local
