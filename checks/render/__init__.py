"""The renderers: each turns a report or a snapshot into text, HTML, JSON or XML, and reads nothing else."""
