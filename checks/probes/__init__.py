"""Facts that are known only by doing: HTTP requests, commands in containers and Pods, look-ups, contents of images."""
