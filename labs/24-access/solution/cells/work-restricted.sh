set -x
kubectl label namespace lab-24-access pod-security.kubernetes.io/enforce=restricted --overwrite
