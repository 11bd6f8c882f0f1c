"""A report in, text out: every module here renders what it is given and reads nothing else."""
