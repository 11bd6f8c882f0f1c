import json
import re
from subprocess import run


def ask(*arguments):
    return run(["kubectl", *arguments], check=True, capture_output=True, text=True).stdout


servers = json.loads(ask("get", "pods", "-n", "kube-system", "-l", "component=kube-apiserver", "-o", "json"))["items"]
nodes = json.loads(ask("get", "nodes", "-o", "json"))["items"]
found = {
    "api_server_node": servers[0]["spec"]["nodeName"],
    "state_kept_in": "etcd",
    "runtime": nodes[0]["status"]["nodeInfo"]["containerRuntimeVersion"],
    "api_address": ask("get", "service", "kubernetes", "-n", "default", "-o", "jsonpath={.spec.clusterIP}"),
}
text = open("answers.toml").read()
for name, answer in found.items():
    text = re.sub(rf'^{name} = .*$', f'{name} = "{answer}"', text, flags=re.M)
open("answers.toml", "w").write(text)
print(text)
