"""A class: who learns what until when, what learners submit, what it was graded as, and the marks that come of it."""
