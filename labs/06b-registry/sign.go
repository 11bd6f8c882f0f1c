// The sign at berth 7: it prints the flag for the state that it is given.
package main

import (
	"os"
	"runtime"

	"harbour.example/flags"
)

func main() {
	state := "unknown"
	if len(os.Args) > 1 {
		state = os.Args[1]
	}
	os.Stdout.WriteString("Berth 7: " + flags.For(state) + " (" + runtime.GOOS + "/" + runtime.GOARCH + ")\n")
}
