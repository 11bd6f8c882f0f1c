set -x
kubectl delete deployment lookout
# The toleration in the file belongs to task 2.
sed '/tolerations:/,/effect:/d' lookout.yaml | kubectl apply -f -
kubectl rollout status daemonset/lookout --timeout=60s
kubectl get pods -l app=lookout -o wide
