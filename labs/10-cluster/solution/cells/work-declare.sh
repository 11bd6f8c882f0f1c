set -x
kubectl apply -f notice.yaml
kubectl diff -f notice.yaml && echo "Nothing to do."
kubectl get configmap notice -o jsonpath='{.data.text}{"\n"}'
