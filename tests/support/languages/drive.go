package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// main runs the program as an inline program: no language host of Pulumi is needed.
// It takes the place of the example's own main; stack, project and configuration come from the environment.
func main() {
	output, err := run(context.Background(), os.Args[1])
	fmt.Println(output)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, verb string) (string, error) {
	stack, err := auto.UpsertStackInlineSource(ctx, os.Getenv("STACK"), os.Getenv("PROJECT"), program)
	if err != nil {
		return "", err
	}
	given := map[string]string{}
	if err := json.Unmarshal([]byte(os.Getenv("CONFIG")), &given); err != nil {
		return "", err
	}
	for key, value := range given {
		if err := stack.SetConfig(ctx, key, auto.ConfigValue{Value: value}); err != nil {
			return "", err
		}
	}
	switch verb {
	case "preview":
		result, err := stack.Preview(ctx)
		return result.StdOut, err
	case "up":
		result, err := stack.Up(ctx)
		return result.StdOut, err
	case "destroy":
		result, err := stack.Destroy(ctx)
		return result.StdOut, err
	}
	return "", fmt.Errorf("unknown verb %q", verb)
}
