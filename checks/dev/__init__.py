"""The tools for authors: create a lab, prove it, and record the states that its checks are proven with."""
