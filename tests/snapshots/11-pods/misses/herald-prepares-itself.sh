sed -i 's/^          read -r ship/          echo Albatross > \/plan\/first\n&/' herald.yaml
kubectl apply -f herald.yaml
kubectl wait --for=condition=Ready pod/herald --timeout=60s
