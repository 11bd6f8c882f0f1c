kubectl create rolebinding quick-fix --clusterrole=admin --serviceaccount=lab-24-access:default
