docker pause my-running-app
