// The board at the harbour's gate: a page with the number of visits, and the only way to the API.
package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

const address = ":8000"

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<title>The harbour</title>
<h1>The harbour</h1>
<p>Visits so far: <strong>{{.}}</strong></p>
</html>
`))

var client = http.Client{Timeout: 3 * time.Second}

// visits asks the API how many visits there are.
func visits(api *url.URL) (int, error) {
	answer, err := client.Get(api.JoinPath("/api/visits").String())
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the API answers with status %s", answer.Status)
	}
	var said struct{ Visits int }
	err = json.NewDecoder(answer.Body).Decode(&said)
	return said.Visits, err
}

// board shows the page. If the API does not answer, the page says so.
func board(api *url.URL) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		count, err := visits(api)
		if err != nil {
			log.Print(err)
			http.Error(response, err.Error(), http.StatusBadGateway)
			return
		}
		page.Execute(response, count)
	}
}

// alive implements `board health`: it exits with code 0 if the board in this container answers.
func alive() int {
	answer, err := client.Get("http://127.0.0.1" + address + "/health")
	if err != nil || answer.StatusCode != http.StatusOK {
		fmt.Println("no answer:", err)
		return 1
	}
	return 0
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "health" {
		os.Exit(alive())
	}
	api, err := url.Parse(os.Getenv("API_URL"))
	if err != nil || api.Host == "" {
		log.Fatal("API_URL does not say where the API is, as in http://api:8000")
	}
	http.HandleFunc("GET /{$}", board(api))
	http.HandleFunc("GET /health", func(response http.ResponseWriter, _ *http.Request) { fmt.Fprintln(response, "alive") })
	http.Handle("/api/", httputil.NewSingleHostReverseProxy(api))
	log.Printf("The board listens on %s and asks %s.", address, api)
	log.Fatal(http.ListenAndServe(address, nil))
}
