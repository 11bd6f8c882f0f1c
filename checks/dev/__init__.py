"""For authors: scaffold a lab, prove it, record what its checks are proven with."""
