set -x
kubectl apply -f gate.yaml
until kubectl exec visitor -- sh -c 'timeout 2 wget -q -O - http://$NODE_IP:30013/'; do sleep 0.3; done
