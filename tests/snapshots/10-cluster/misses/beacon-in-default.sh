kubectl config set-context --current --namespace=default
