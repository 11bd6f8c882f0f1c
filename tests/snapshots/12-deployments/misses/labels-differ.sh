kubectl apply -f web.yaml || true
