cat >> harbour.yaml <<'YAML'
    - name: watch
      image: busybox:1.35
      command: [sh, -c, 'echo "Harbour open, $(date +%T)" > /page/index.html']
YAML
kubectl apply -f harbour.yaml
until kubectl get pod harbour | grep -q CrashLoopBackOff; do sleep 0.2; done
