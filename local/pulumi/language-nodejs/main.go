// Command pulumi-language-nodejs is the part between the Pulumi engine and a `runtime: nodejs`
// program. The real one is published with the CLI's download only and cannot be had as a Go
// module; this one speaks the same LanguageRuntime protocol (pulumi/pulumi proto/pulumi/language.proto)
// for what an installed TypeScript or JavaScript project needs: run, about, install, run a plugin.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
)

// version is set by the linker.
var version = "3.0.0-shim"

// maxMessage is the size of one gRPC message that Pulumi's own processes accept (sdk rpcutil: 400 MiB).
const maxMessage = 400 << 20

func main() {
	flag.String("tracing", "", "accepted for compatibility and ignored")
	flag.String("runtime", "nodejs", "nodejs; other runtimes are refused")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *showVersion {
		fmt.Println(version)
		return
	}
	if runtime := flag.Lookup("runtime").Value.String(); runtime != "nodejs" {
		fail(fmt.Errorf("runtime %q is not supported by this language host: use nodejs, or install the Pulumi CLI's own download", runtime))
	}
	if err := serve(flag.Arg(0)); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "pulumi-language-nodejs: %v\n", err)
	os.Exit(1)
}

func serve(engine string) error {
	// The engine ends its plugins, which run in process groups of their own, by SIGINT, and by
	// SIGKILL when that has not worked for 5 s.
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage))
	host := newHost(engine)
	pulumirpc.RegisterLanguageRuntimeServer(server, host)
	if engine != "" {
		go stopWithEngine(engine, server)
	}
	go func() {
		<-ended
		host.cancel()
		server.GracefulStop()
	}()
	// The engine reads the port from the first line of standard output.
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return server.Serve(listener)
}

// stopWithEngine ends the host when the engine is gone, so that a killed CLI leaves no process behind.
func stopWithEngine(address string, server *grpc.Server) {
	connection, err := dial(address)
	if err != nil {
		return
	}
	defer connection.Close()
	connection.Connect()
	var lostSince time.Time
	for {
		state := connection.GetState()
		switch {
		case state == connectivity.Ready:
			lostSince = time.Time{}
		case lostSince.IsZero():
			lostSince = time.Now()
		}
		wait, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		changed := connection.WaitForStateChange(wait, state)
		cancel()
		if changed && connection.GetState() == connectivity.Idle {
			connection.Connect()
		}
		if !lostSince.IsZero() && time.Since(lostSince) > 5*time.Second {
			server.Stop()
			return
		}
	}
}

func dial(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient(address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)))
}
