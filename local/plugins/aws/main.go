// Command pulumi-resource-aws is a stand-in for Pulumi's aws plugin, for machines
// that reach package registries only. See docs/decisions/aws-plugin.md for what it is and how it differs.
package main

import (
	"fmt"
	"os"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"pulumi-postgres-ha/local/pulumi/protocol/serving"
)

// version is set by the linker to the one of the @pulumi/aws package that it stands in for.
var version = "7.0.0-standin"

func main() {
	err := serving.Serve(os.Args[1:], func(server *grpc.Server, _ *grpc.ClientConn) func() {
		provider := newProvider()
		pulumirpc.RegisterResourceProviderServer(server, provider)
		return provider.cancel
	})
	if err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-aws: %v\n", err)
		os.Exit(1)
	}
}
