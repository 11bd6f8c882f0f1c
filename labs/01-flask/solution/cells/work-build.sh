docker build -t my-python-app .
