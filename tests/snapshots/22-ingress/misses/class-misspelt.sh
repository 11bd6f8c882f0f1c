kubectl patch ingress harbour --type=merge -p '{"spec": {"ingressClassName": "contour-internal"}}'
