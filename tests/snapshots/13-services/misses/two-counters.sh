kubectl scale deployment office --replicas=2
until [ "$(kubectl get pods -l part=office --no-headers | wc -l)" = 2 ]; do sleep 0.3; done
