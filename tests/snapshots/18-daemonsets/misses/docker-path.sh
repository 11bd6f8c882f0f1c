sed -i 's/\/var\/log\/pods\/\*\/\*/\/var\/lib\/docker\/containers\/*/; s/\/var\/log\/pods/\/var\/lib\/docker\/containers/; /type: Directory/d' collector.yaml
kubectl apply -f collector.yaml
kubectl rollout status daemonset/collector --timeout=90s
# What had been collected before has to be old enough to tell.
sleep 21
