# Another right way: rights in two Roles, for the account as a user; the quick fix stays, for no one; no token by the account's
# own setting; a volume with several sources; a policy with another expression, which selects the namespace itself.
kubectl apply -f program.yaml -f yesterday.yaml
kubectl patch rolebinding quick-fix --type=json -p '[{"op": "remove", "path": "/subjects"}]'
kubectl create serviceaccount board
kubectl create role one --verb=get --resource=pods
kubectl create role many --verb=list --verb=watch --resource=pods
for role in one many; do kubectl create rolebinding $role --role=$role --user=system:serviceaccount:lab-24-access:board; done
kubectl patch serviceaccount default -p '{"automountServiceAccountToken": false}'
kubectl rollout restart deployment/tides
cat > patch.yaml <<'YAML'
metadata: {labels: {team: quay}}
spec:
  template:
    spec:
      serviceAccount: board
      serviceAccountName: board
      automountServiceAccountToken: true
      securityContext: {runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534}
      containers:
        - name: board
          securityContext:
            runAsNonRoot: true
            privileged: false
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            seccompProfile: {type: RuntimeDefault}
            capabilities: {drop: [ALL]}
          volumeMounts:
            - {name: scratch, mountPath: /tmp}
            - {name: identity, mountPath: /var/run/secrets/customs, readOnly: true}
        - name: printer
          image: busybox:1.35
          command: [sleep, "86400"]
          securityContext: {runAsUser: 1001, allowPrivilegeEscalation: false, seccompProfile: {type: RuntimeDefault}, capabilities: {drop: [ALL]}}
      volumes:
        - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
        - name: identity
          projected:
            defaultMode: 0444
            sources:
              - serviceAccountToken: {path: token, audience: customs, expirationSeconds: 600}
              - downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}
YAML
kubectl patch deployment board --patch-file patch.yaml
kubectl label deployment tides team=quay
kubectl rollout status deployment/board --timeout=90s
kubectl rollout status deployment/tides --timeout=60s
kubectl label namespace lab-24-access pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/enforce-version=v1.30
kubectl apply -f - <<'YAML'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: harbour-team}
spec:
  matchConstraints:
    namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [lab-24-access]}]}
    resourceRules: [{apiGroups: [apps], apiVersions: ["*"], operations: ["CREATE", "UPDATE"], resources: [deployments]}]
  variables: [{name: team, expression: "object.metadata.?labels['team'].orValue('')"}]
  validations: [{expression: "variables.team.size() > 0", messageExpression: "'Whose is ' + object.metadata.name + '?'", reason: Forbidden}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: harbour-team}
spec: {policyName: harbour-team, validationActions: [Audit, Deny]}
YAML
