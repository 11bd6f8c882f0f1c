cat >> harbour.yaml <<'YAML'
    - name: watch
      image: busybox:1.35
      command: [sh, -c, 'echo "Harbour open, $(date +%T)" > /page/index.html']
YAML
kubectl apply -f harbour.yaml
until kubectl get pod harbour -o jsonpath='{.status.containerStatuses[?(@.name=="watch")].restartCount}' | grep -q '[2-9]'; do sleep 0.2; done
