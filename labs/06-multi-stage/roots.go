package main

import (
	"crypto/x509"
	"log"
)

// roots counts the root certificates of this system. Without them, the program trusts no certificate, and every HTTPS
// request fails. Go looks for them in files such as /etc/ssl/certs/ca-certificates.crt.
func roots() int {
	pool, err := x509.SystemCertPool()
	if err != nil {
		log.Print(err)
		return 0
	}
	return len(pool.Subjects())
}
