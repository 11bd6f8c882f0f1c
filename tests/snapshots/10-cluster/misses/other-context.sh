kubectl config set-cluster production --server=https://production.example:6443
kubectl config set-context production --cluster=production --namespace=lab-10-cluster
kubectl config use-context production
