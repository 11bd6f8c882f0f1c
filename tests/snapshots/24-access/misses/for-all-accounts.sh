kubectl create rolebinding everyone-looks --role=look-at-pods --group=system:serviceaccounts:lab-24-access
