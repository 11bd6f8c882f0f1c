// Package flags knows the flags of a berth. Version 1.2.0.
package flags

// For returns the flag for the state of a berth.
func For(state string) string {
	if state == "closed" {
		return "red flag, closed"
	}
	return "green flag, " + state
}
