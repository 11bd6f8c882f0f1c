// Package flags knows the flags of a berth. Version 1.2.1.
package flags

// For returns the flag for the state of a berth.
func For(state string) string {
	switch state {
	case "open":
		return "green flag, open"
	case "closed":
		return "red flag, closed"
	}
	return "no flag, ask the harbour master"
}
