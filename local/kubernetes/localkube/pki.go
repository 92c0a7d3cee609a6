package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

// subject is one certificate to make, as read from standard input.
type subject struct {
	File         string
	CommonName   string
	Organization string
	DNS          []string
	IP           []string
}

// newPkiCommand makes an authority, a key pair for service account tokens and one certificate a
// subject. Elliptic curves, since RSA keys alone would take seconds.
func newPkiCommand() *cobra.Command {
	var directory string
	command := &cobra.Command{
		Use:   "pki",
		Short: "Makes the certificates that standard input lists (JSON) in --directory",
		RunE: func(*cobra.Command, []string) error {
			var subjects []subject
			if err := json.NewDecoder(os.Stdin).Decode(&subjects); err != nil {
				return err
			}
			return makePki(directory, subjects)
		},
	}
	command.Flags().StringVar(&directory, "directory", "", "where the files go")
	return command
}

func makePki(directory string, subjects []subject) error {
	authorityKey, err := newKey(filepath.Join(directory, "ca.key"))
	if err != nil {
		return err
	}
	authority := template("pulumi-postgres-ha local cluster", "")
	authority.IsCA = true
	authority.BasicConstraintsValid = true
	authority.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	if err := issue(filepath.Join(directory, "ca.crt"), authority, authority, authorityKey, authorityKey); err != nil {
		return err
	}
	tokens, err := newKey(filepath.Join(directory, "service-account.key"))
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(tokens.Public())
	if err != nil {
		return err
	}
	if err := writePem(filepath.Join(directory, "service-account.pub"), "PUBLIC KEY", public, 0o644); err != nil {
		return err
	}
	for _, s := range subjects {
		key, err := newKey(filepath.Join(directory, s.File+".key"))
		if err != nil {
			return err
		}
		certificate := template(s.CommonName, s.Organization)
		certificate.KeyUsage = x509.KeyUsageDigitalSignature
		certificate.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
		certificate.DNSNames = s.DNS
		for _, address := range s.IP {
			certificate.IPAddresses = append(certificate.IPAddresses, net.ParseIP(address))
		}
		if err := issue(filepath.Join(directory, s.File+".crt"), certificate, authority, key, authorityKey); err != nil {
			return err
		}
	}
	return nil
}

func template(commonName, organization string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	name := pkix.Name{CommonName: commonName}
	if organization != "" {
		name.Organization = []string{organization}
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      name,
		// An hour back: the clock of a virtual machine may be set back after the start.
		NotBefore: time.Now().Add(-time.Hour),
		NotAfter:  time.Now().AddDate(1, 0, 0),
	}
}

func issue(file string, certificate, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) error {
	der, err := x509.CreateCertificate(rand.Reader, certificate, parent, key.Public(), parentKey)
	if err != nil {
		return err
	}
	return writePem(file, "CERTIFICATE", der, 0o644)
}

func newKey(file string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writePem(file, "EC PRIVATE KEY", der, 0o600)
}

func writePem(file, label string, der []byte, mode os.FileMode) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}), mode)
}
