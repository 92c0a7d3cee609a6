// Package serving runs a process that the Pulumi engine starts and speaks gRPC with: a resource
// plugin or a language host.
package serving

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
)

// maxMessage is the size of one gRPC message that Pulumi's own processes accept (sdk rpcutil: 400 MiB).
const maxMessage = 400 << 20

// Serve serves what `register` adds to the server, until the engine wants no more of it or is
// gone. The connection to the engine is nil when the arguments name none. What register returns
// ends whatever is under way.
func Serve(arguments []string, register func(*grpc.Server, *grpc.ClientConn) (stop func())) error {
	// The engine ends its plugins, which run in process groups of their own, by SIGINT, and by
	// SIGKILL when that has not worked for 5 s.
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage))
	var engine *grpc.ClientConn
	for _, argument := range arguments {
		// The engine's address is the one argument that is no flag.
		if _, _, err := net.SplitHostPort(argument); err == nil {
			if engine, err = Dial(argument); err != nil {
				return err
			}
			go stopWithEngine(engine, server)
		}
	}
	stop := register(server, engine)
	go func() {
		<-ended
		stop()
		server.GracefulStop()
	}()
	// The engine reads the port from the first line of standard output.
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return server.Serve(listener)
}

// Dial connects to the engine.
func Dial(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient(address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)))
}

// stopWithEngine ends the process when the engine is gone, so that a killed CLI leaves none behind.
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
