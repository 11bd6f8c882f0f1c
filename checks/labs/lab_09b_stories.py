"""The six stories of lab 09b: Compose or Kubernetes, and what the other one would mean."""

COMPOSE, KUBERNETES = CHOICES = ("compose", "kubernetes")
# For each story the choice that fits, and what the other one would mean.
STORIES = {
    "single-server": (
        COMPOSE,
        "A cluster of one machine dies with that machine like everything else on it, and its control plane takes "
        "memory that the four containers could use. A restart policy already covers crashes and reboots.",
    ),
    "auto-scaling": (
        KUBERNETES,
        "Compose starts as many containers as the file says, on one machine. Nothing in it measures the load, changes "
        "the number or adds a machine; someone would have to be there on the evening of the sale.",
    ),
    "small-team": (
        COMPOSE,
        "Kubernetes would be the largest system that these three look after: updates of the cluster, certificates, "
        "storage, rights. Nothing in the story needs it, and a short pause at night is allowed.",
    ),
    "microservices": (
        KUBERNETES,
        "Forty services do not fit on one machine, and eight teams would all edit one file. With Compose each team "
        "would write its own scripts for placing, finding, limiting and rolling out, as you did in this lab.",
    ),
    "high-availability": (
        KUBERNETES,
        "Compose acts on one machine. When that machine fails, its containers are not started elsewhere; you have seen it "
        "in lab 09. The story allows no time in which a person could do it.",
    ),
    "prototype": (
        COMPOSE,
        "By the time a cluster, an image registry and the manifests are there, the afternoon is over. What is in the "
        "images can move to Kubernetes later without a change, if the idea is a good one.",
    ),
}
