kubectl create configmap notice --from-literal=text='Harbour open'
