// Command pulumi-resource-aws is a stand-in for Pulumi's aws plugin, for machines
// that reach package registries only. See docs/decisions/aws-plugin.md for what it is and how it differs.
package main

import (
	"context"
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

// version is set by the linker to the one of the @pulumi/aws package that it stands in for.
var version = "7.0.0-standin"

// maxMessage is the size of one gRPC message that Pulumi's own processes accept (sdk rpcutil: 400 MiB).
const maxMessage = 400 << 20

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-aws: %v\n", err)
		os.Exit(1)
	}
}

func serve(arguments []string) error {
	// The engine ends its plugins, which run in process groups of their own, by SIGINT, and by
	// SIGKILL when that has not worked for 5 s.
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage))
	for _, argument := range arguments {
		// The engine's address is the one argument that is no flag.
		if _, _, err := net.SplitHostPort(argument); err == nil {
			connection, err := dial(argument)
			if err != nil {
				return err
			}
			go stopWithEngine(connection, server)
		}
	}
	provider := newProvider()
	pulumirpc.RegisterResourceProviderServer(server, provider)
	go func() {
		<-ended
		provider.cancel()
		server.GracefulStop()
	}()
	// The engine reads the port from the first line of standard output.
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return server.Serve(listener)
}

func dial(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient(address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)))
}

// stopWithEngine ends the plugin when the engine is gone, so that a killed CLI leaves no process behind.
func stopWithEngine(connection *grpc.ClientConn, server *grpc.Server) {
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
		if connection.WaitForStateChange(wait, state) && connection.GetState() == connectivity.Idle {
			connection.Connect()
		}
		cancel()
		if !lostSince.IsZero() && time.Since(lostSince) > 5*time.Second {
			server.Stop()
			return
		}
	}
}
