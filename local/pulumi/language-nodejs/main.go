// Command pulumi-language-nodejs is the part between the Pulumi engine and a `runtime: nodejs`
// program. The real one is published with the CLI's download only and cannot be had as a Go
// module; this one speaks the same LanguageRuntime protocol (pulumi/pulumi proto/pulumi/language.proto)
// for what an installed TypeScript or JavaScript project needs: run, about, install, run a plugin.
package main

import (
	"flag"
	"fmt"
	"os"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"pulumi-postgres-ha/local/pulumi/protocol/serving"
)

// version is set by the linker.
var version = "3.0.0-shim"

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
	err := serving.Serve(flag.Args(), func(server *grpc.Server, _ *grpc.ClientConn) func() {
		host := newHost(flag.Arg(0))
		pulumirpc.RegisterLanguageRuntimeServer(server, host)
		return host.cancel
	})
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "pulumi-language-nodejs: %v\n", err)
	os.Exit(1)
}
