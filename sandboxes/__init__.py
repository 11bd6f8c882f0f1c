"""The machines that labs run on: the Docker engine, its images, the kind cluster and JupyterLab. Never imports `checks`."""
