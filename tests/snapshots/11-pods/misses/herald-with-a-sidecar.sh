sed -i "s/^  containers:/  initContainers:\n    - name: prepare\n      image: busybox:1.35\n      restartPolicy: Always\n      command: [sh, -c, 'echo Albatross > \/plan\/first; exec sleep 86400']\n      volumeMounts: [{name: plan, mountPath: \/plan}]\n&/" herald.yaml
kubectl apply -f herald.yaml
kubectl wait --for=condition=Ready pod/herald --timeout=60s
