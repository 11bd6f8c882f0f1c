"""The kinds of Kubernetes objects that labs use, and the API paths that serve them.

Source: the Kubernetes API reference, https://kubernetes.io/docs/reference/kubernetes-api/.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind: its group and version as a path ("apis/apps/v1"), and the plural of its name.

    `shared` kinds belong to the cluster and not to a lab (nodes, classes): all their objects are collected.
    """

    group: str
    plural: str
    namespaced: bool = True
    shared: bool = False

    def path(self, namespace: str = "") -> str:
        """Return the path of the list in one namespace, or in the whole cluster."""
        return f"/{self.group}/namespaces/{namespace}/{self.plural}" if namespace else f"/{self.group}/{self.plural}"


CORE, APPS, NETWORK, RBAC = "api/v1", "apis/apps/v1", "apis/networking.k8s.io/v1", "apis/rbac.authorization.k8s.io/v1"
ADMISSION = "apis/admissionregistration.k8s.io/v1"
METRICS = "apis/metrics.k8s.io/v1beta1"
KINDS = {
    "Pod": Kind(CORE, "pods"),
    "Service": Kind(CORE, "services"),
    "ConfigMap": Kind(CORE, "configmaps"),
    "Secret": Kind(CORE, "secrets"),
    "PersistentVolumeClaim": Kind(CORE, "persistentvolumeclaims"),
    "ServiceAccount": Kind(CORE, "serviceaccounts"),
    "ResourceQuota": Kind(CORE, "resourcequotas"),
    "LimitRange": Kind(CORE, "limitranges"),
    "Event": Kind(CORE, "events"),
    "EndpointSlice": Kind("apis/discovery.k8s.io/v1", "endpointslices"),
    "Deployment": Kind(APPS, "deployments"),
    "ReplicaSet": Kind(APPS, "replicasets"),
    "StatefulSet": Kind(APPS, "statefulsets"),
    "DaemonSet": Kind(APPS, "daemonsets"),
    "ControllerRevision": Kind(APPS, "controllerrevisions"),
    "Job": Kind("apis/batch/v1", "jobs"),
    "CronJob": Kind("apis/batch/v1", "cronjobs"),
    "HorizontalPodAutoscaler": Kind("apis/autoscaling/v2", "horizontalpodautoscalers"),
    "PodDisruptionBudget": Kind("apis/policy/v1", "poddisruptionbudgets"),
    "Ingress": Kind(NETWORK, "ingresses"),
    "NetworkPolicy": Kind(NETWORK, "networkpolicies"),
    "Role": Kind(RBAC, "roles"),
    "RoleBinding": Kind(RBAC, "rolebindings"),
    "PodMetrics": Kind(METRICS, "pods"),
    "Namespace": Kind(CORE, "namespaces", namespaced=False),
    "PersistentVolume": Kind(CORE, "persistentvolumes", namespaced=False),
    "ClusterRole": Kind(RBAC, "clusterroles", namespaced=False),
    "ClusterRoleBinding": Kind(RBAC, "clusterrolebindings", namespaced=False),
    "ValidatingAdmissionPolicy": Kind(ADMISSION, "validatingadmissionpolicies", namespaced=False),
    "ValidatingAdmissionPolicyBinding": Kind(ADMISSION, "validatingadmissionpolicybindings", namespaced=False),
    "PriorityClass": Kind("apis/scheduling.k8s.io/v1", "priorityclasses", namespaced=False),
    "Node": Kind(CORE, "nodes", namespaced=False, shared=True),
    "StorageClass": Kind("apis/storage.k8s.io/v1", "storageclasses", namespaced=False, shared=True),
    "IngressClass": Kind(NETWORK, "ingressclasses", namespaced=False, shared=True),
    "NodeMetrics": Kind(METRICS, "nodes", namespaced=False, shared=True),
}
# The findings of every lab need these: whether the namespace exists, and its events.
ALWAYS = ("Namespace", "Event")
USUAL = ("Pod", "Deployment", "ReplicaSet", "Service", "EndpointSlice", "PersistentVolumeClaim", "PersistentVolume", "Node")


def looked_at(kinds: tuple[str, ...], cluster: tuple[str, ...]) -> list[str]:
    """Return the kinds to collect: those that a lab names (or the usual ones), those of its objects, and ALWAYS."""
    named = [entry.partition("/")[0] for entry in cluster]
    return list(dict.fromkeys([*(kinds or USUAL), *named, *ALWAYS]))
