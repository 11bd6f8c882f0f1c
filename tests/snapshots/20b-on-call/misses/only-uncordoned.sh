bash night.sh
kubectl uncordon "$(kubectl get pod -n lamp lamp-0 -o jsonpath='{.spec.nodeName}')"
