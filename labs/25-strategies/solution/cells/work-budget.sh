set -x
kubectl apply -f budget.yaml
kubectl wait pdb ferries --for=jsonpath='{.status.disruptionsAllowed}'=1 --timeout=20s
