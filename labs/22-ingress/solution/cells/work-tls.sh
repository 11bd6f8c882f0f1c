set -x
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout harbour.key -out harbour.crt \
    -subj /CN=harbour.example.com -addext subjectAltName=DNS:harbour.example.com 2>/dev/null
kubectl create secret tls harbour-tls --cert=harbour.crt --key=harbour.key
kubectl apply -f harbour.yaml
