set -x
kubectl exec web -- sh -c 'echo "Harbour open" > /usr/share/nginx/html/index.html'
kubectl port-forward pod/web 8011:80 >/dev/null &
curl --silent --output /dev/null --retry 20 --retry-delay 1 --retry-connrefused http://localhost:8011/hello/forwarded
kill %1
kubectl logs web --tail=1
