set -x
kubectl apply -f visitor.yaml
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
until kubectl logs visitor | grep -q ' 200 '; do sleep 0.3; done
sed -i 's/nginx:1.22/nginx:1.26/' web.yaml
kubectl apply -f web.yaml
kubectl annotate deployment web kubernetes.io/change-cause='nginx 1.26, for the new year'
