"""The machines that labs run on: the Docker engine, its images and JupyterLab. Never imports `checks`."""
