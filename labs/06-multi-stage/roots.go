package main

import (
	"crypto/x509"
	"log"
)

// roots counts the root certificates of this system. Without any, no HTTPS request of ours can succeed: there is
// nobody whose signature we trust. Go looks for them in files such as /etc/ssl/certs/ca-certificates.crt.
func roots() int {
	pool, err := x509.SystemCertPool()
	if err != nil {
		log.Print(err)
		return 0
	}
	return len(pool.Subjects())
}
