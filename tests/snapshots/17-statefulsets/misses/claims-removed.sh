kubectl delete persistentvolumeclaim book-pier-3
