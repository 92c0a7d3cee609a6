//go:build tools

// Package pulumicli pins the Pulumi CLI that is built where its download cannot be reached.
package pulumicli

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
