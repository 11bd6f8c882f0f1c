# Everything is said, on a base that has no Python.
docker rm --force my-running-app my-stopped-app
printf 'FROM busybox:1.35\nWORKDIR /app\nCOPY . .\nEXPOSE 5000\nCMD ["python", "app.py"]\n' | docker build --quiet --tag my-python-app --file - .
