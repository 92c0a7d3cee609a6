// An S3 server for demo and tests: MinIO with TLS, and in front of it what a test needs and AWS has:
// an STS that takes the GET which pgBackRest sends and looks at the role's trust policy, a server whose
// certificate has expired, and faults of the network. A test tool, run from this project's own checkout
// and never published: MinIO is under the AGPL.
package main

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	minio "github.com/minio/minio/cmd"
)

const (
	minioAddress = "127.0.0.1:9000"
	issuerPort   = "127.0.0.1:8082"
	// Mounted: a directory with tls.crt and tls.key each.
	certificates = "/certificates"
	// Written by this program, for MinIO.
	minioCertificates = "/data/.certificates"
	audience          = "sts.amazonaws.com"
	rolePolicy        = "role"
)

func main() {
	log.SetFlags(log.LUTC | log.Ltime)
	if len(os.Args) > 1 && os.Args[1] == "minio" {
		minio.Main(os.Args[1:])
		return
	}
	log.Fatal(serve())
}

func serve() error {
	if err := placeCertificates(); err != nil {
		return err
	}
	failed := make(chan error)
	go func() { failed <- serveIssuer() }()
	child := minioProcess()
	if err := child.Start(); err != nil {
		return err
	}
	go func() { failed <- errors.Join(errors.New("MinIO has ended"), child.Wait()) }()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() { child.Process.Signal(<-stop) }()

	gate := newGate(minioAddress)
	roles := newRoles()
	go func() { failed <- gate.serve(":8443") }()
	go func() { failed <- serveTLS(":8444", "server", roles) }()
	go func() { failed <- serveTLS(":8445", "expired", http.NotFoundHandler()) }()
	go func() { failed <- http.ListenAndServe(":8080", newControl(gate, roles)) }()
	return <-failed
}

func minioProcess() *exec.Cmd {
	child := exec.Command("/proc/self/exe", "minio", "server", "--quiet", "--certs-dir", minioCertificates,
		"--address", minioAddress, "/data/drive")
	child.Env = append(os.Environ(),
		"MINIO_BROWSER=off",
		"MINIO_UPDATE=off",
		"MINIO_SITE_REGION="+os.Getenv("REGION"),
		"MINIO_IDENTITY_OPENID_CONFIG_URL=http://"+issuerPort+discoveryPath,
		"MINIO_IDENTITY_OPENID_CLIENT_ID="+audience,
		"MINIO_IDENTITY_OPENID_ROLE_POLICY="+rolePolicy,
		"MINIO_IDENTITY_OPENID_SCOPES=openid",
	)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	return child
}

func placeCertificates() error {
	if err := os.MkdirAll(minioCertificates, 0o700); err != nil {
		return err
	}
	for from, to := range map[string]string{"tls.crt": "public.crt", "tls.key": "private.key"} {
		if err := copyFile(filepath.Join(certificates, "server", from), filepath.Join(minioCertificates, to)); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

func serveTLS(address, certificate string, handler http.Handler) error {
	directory := filepath.Join(certificates, certificate)
	pair, err := tls.LoadX509KeyPair(filepath.Join(directory, "tls.crt"), filepath.Join(directory, "tls.key"))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return http.Serve(tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}}), handler)
}
