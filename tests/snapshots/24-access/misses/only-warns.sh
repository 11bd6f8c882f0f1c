kubectl label namespace lab-24-access pod-security.kubernetes.io/enforce- pod-security.kubernetes.io/warn=restricted
