package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

const (
	discoveryPath = "/.well-known/openid-configuration"
	keysPath      = "/openid/v1/jwks"
	account       = "/var/run/secrets/kubernetes.io/serviceaccount/"
)

// serveIssuer shows MinIO the API server's own discovery document and keys. On EKS everybody may read them; here
// they are for ServiceAccounts (the ClusterRole system:service-account-issuer-discovery), so this pod's token is used.
func serveIssuer() error {
	mux := http.NewServeMux()
	mux.HandleFunc(discoveryPath, func(w http.ResponseWriter, _ *http.Request) {
		text, err := fromAPI(discoveryPath)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		var document map[string]any
		if err := json.Unmarshal(text, &document); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		document["jwks_uri"] = "http://" + issuerPort + keysPath
		json.NewEncoder(w).Encode(document)
	})
	mux.HandleFunc(keysPath, func(w http.ResponseWriter, _ *http.Request) {
		text, err := fromAPI(keysPath)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Write(text)
	})
	return http.ListenAndServe(issuerPort, mux)
}

func fromAPI(path string) ([]byte, error) {
	token, err1 := os.ReadFile(account + "token")
	authority, err2 := os.ReadFile(account + "ca.crt")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	request, err := http.NewRequest(http.MethodGet, "https://kubernetes.default.svc"+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
