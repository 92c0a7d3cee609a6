// A cluster with a user and a database, and a restart of its members when the configuration names one.
package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

func main() {
	pulumi.Run(program)
}
