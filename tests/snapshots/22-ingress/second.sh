# Another right way: one Ingress made by a command, without a class (the default one serves it), a rule without a host for
# the rest, another kind of key, and the names in another order.
kubectl apply -f town.yaml
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -keyout door.key -out door.crt \
    -subj /O=Harbour -addext 'subjectAltName=DNS:www.example.com,DNS:*.example.com' 2>/dev/null
kubectl create secret tls harbour-tls --cert=door.crt --key=door.key
kubectl create ingress harbour \
    --annotation=ingress.kubernetes.io/force-ssl-redirect=true \
    --rule='harbour.example.com/tides*=tides:80,tls=harbour-tls' \
    --rule='harbour.example.com/*=board:80,tls=harbour-tls'
kubectl create ingress others --rule='quay.example.com/*=quay:80' --rule='/*=lost:80'
kubectl wait --for=condition=Available deployment --all --timeout=60s
