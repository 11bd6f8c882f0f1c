kubectl delete networkpolicy office-egress
