bash night.sh
docker start "$(kubectl get pod -n lamp lamp-0 -o jsonpath='{.spec.nodeName}')"
until kubectl exec -n lamp lamp-0 -- cat /journal/book; do sleep 0.5; done
