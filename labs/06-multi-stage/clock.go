// Tide-clock reports the water level in the harbour, over HTTP.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	edited   = "never"
	address  = ":8000"
	patience = 5 * time.Second
)

func main() {
	stopped, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	server := &http.Server{Addr: address, Handler: routes(), ReadHeaderTimeout: patience}
	go func() {
		<-stopped.Done()
		server.Close()
	}()
	log.Printf("The tide-clock listens on %s, as user %d.", address, os.Getuid())
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		now := time.Now().UTC()
		answer(w, map[string]any{
			"tide":   tide(now),
			"rising": tide(now.Add(time.Minute)) > tide(now),
			"at":     now.Format(time.RFC3339),
			"user":   os.Getuid(),
			"edited": edited,
		})
	})
	mux.HandleFunc("GET /roots", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"roots": roots()})
	})
	return mux
}

func answer(w http.ResponseWriter, values map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(values); err != nil {
		log.Print(err)
	}
}
