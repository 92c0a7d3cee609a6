package main

import (
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
)

// roles is the part of AWS' STS that MinIO's lacks: a role has an ARN and a trust policy, and the request may
// be a GET. Everything else of a token (signature, expiry, audience) is checked by MinIO.
type roles struct {
	mutex sync.Mutex
	trust map[string]document
}

type document struct {
	Statement []statement `json:"Statement"`
}

type statement struct {
	Effect    string
	Principal struct{ Federated string }
	Action    string
	Condition map[string]map[string]any
}

func newRoles() *roles { return &roles{trust: map[string]document{}} }

func (r *roles) set(arn string, trust document) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.trust[arn] = trust
}

func (r *roles) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if err := request.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, "MalformedQueryString", err.Error())
		return
	}
	form := request.Form
	if form.Get("Action") != "AssumeRoleWithWebIdentity" {
		refuse(w, http.StatusBadRequest, "InvalidAction", "only AssumeRoleWithWebIdentity is served")
		return
	}
	r.mutex.Lock()
	trust, known := r.trust[form.Get("RoleArn")]
	r.mutex.Unlock()
	claims, err := claimsOf(form.Get("WebIdentityToken"))
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidIdentityToken", err.Error())
		return
	}
	// AWS says the same of a role that is not there and of one that may not be taken.
	if !known || !trust.allows(claims) {
		log.Printf("sts: %v may not take %s", claims["sub"], form.Get("RoleArn"))
		refuse(w, http.StatusForbidden, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
		return
	}
	form.Set("RoleArn", minioRole())
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	answer, err := client.Post("https://"+minioAddress, "application/x-www-form-urlencoded", strings.NewReader(url.Values(form).Encode()))
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "ServiceUnavailable", err.Error())
		return
	}
	defer answer.Body.Close()
	log.Printf("sts: %v as %s: %s", claims["sub"], request.Form.Get("RoleSessionName"), answer.Status)
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(answer.StatusCode)
	io.Copy(w, answer.Body)
}

// minioRole is the name that MinIO gives the role of its OpenID provider (internal/config/identity/openid).
func minioRole() string {
	sum := sha1.Sum([]byte(audience))
	return fmt.Sprintf("arn:minio:iam:%s::role/%s", os.Getenv("REGION"), base64.RawURLEncoding.EncodeToString(sum[:]))
}

func claimsOf(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("the token has %d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	return claims, json.Unmarshal(text, &claims)
}

// allows evaluates what a trust policy for IRSA has: StringEquals on claims of the token's issuer.
func (d document) allows(claims map[string]any) bool {
	issuer, _ := claims["iss"].(string)
	issuer = strings.TrimPrefix(issuer, "https://")
	return slices.ContainsFunc(d.Statement, func(s statement) bool {
		if s.Effect != "Allow" || s.Action != "sts:AssumeRoleWithWebIdentity" ||
			!strings.HasSuffix(s.Principal.Federated, ":oidc-provider/"+issuer) {
			return false
		}
		for operator, keys := range s.Condition {
			if operator != "StringEquals" {
				return false
			}
			for key, wanted := range keys {
				name, ok := strings.CutPrefix(key, issuer+":")
				if !ok || !meets(claims[name], wanted) {
					return false
				}
			}
		}
		return true
	})
}

func meets(has, wanted any) bool {
	return slices.ContainsFunc(texts(has), func(one string) bool { return slices.Contains(texts(wanted), one) })
}

func texts(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var all []string
		for _, one := range value {
			all = append(all, texts(one)...)
		}
		return all
	}
	return nil
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	type failure struct {
		Code    string
		Message string
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"ErrorResponse"`
		Error   failure
	}{Error: failure{code, message}})
}
