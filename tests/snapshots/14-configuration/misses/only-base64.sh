kubectl get secret logbook-key -o yaml > secret.yaml
{ echo ---; cat secret.yaml; } >> office.yaml
