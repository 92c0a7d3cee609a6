// Command pulumi-resource-kubernetes is a stand-in for Pulumi's kubernetes plugin, for machines
// that reach package registries only. See ../README.md for what it is and how it differs.
package main

import (
	"fmt"
	"os"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"pulumi-postgres-ha/local/pulumi/protocol/serving"
)

// version is set by the linker to the one of the @pulumi/kubernetes package that it stands in for.
var version = "4.0.0-standin"

func main() {
	err := serving.Serve(os.Args[1:], func(server *grpc.Server, connection *grpc.ClientConn) func() {
		engine := &engineLog{}
		if connection != nil {
			engine.client = pulumirpc.NewEngineClient(connection)
		}
		provider := newProvider(engine)
		pulumirpc.RegisterResourceProviderServer(server, provider)
		return provider.cancel
	})
	if err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-kubernetes: %v\n", err)
		os.Exit(1)
	}
}
