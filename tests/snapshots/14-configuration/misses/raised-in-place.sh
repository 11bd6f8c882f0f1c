kubectl delete configmap tariff-2026
sed -i 's/"12"/"15"/' tariff.yaml
kubectl apply -f tariff.yaml
