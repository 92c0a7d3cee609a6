package main

import (
	"fmt"
	"strings"
)

// nodeOptions are the `runtime.options` of Pulumi.yaml that change how a program runs.
type nodeOptions struct {
	typescript    bool
	tsconfig      string
	nodeArguments []string
}

func parseOptions(given map[string]any) (nodeOptions, error) {
	options := nodeOptions{typescript: true}
	for name, value := range given {
		var ok bool
		switch name {
		case "typescript":
			options.typescript, ok = value.(bool)
		case "tsconfig":
			options.tsconfig, ok = value.(string)
		case "nodeargs":
			var arguments string
			if arguments, ok = value.(string); ok {
				options.nodeArguments = strings.Fields(arguments)
			}
		default: // packagemanager, production: they matter to an installation only
			ok = true
		}
		if !ok {
			return options, fmt.Errorf("runtime option %s of Pulumi.yaml is %v (%T): typescript takes true or false, tsconfig and nodeargs take text", name, value, value)
		}
	}
	return options, nil
}

// environment is how cmd/run learns of the options (@pulumi/pulumi cmd/run/run.js).
func (o nodeOptions) environment() []string {
	var environment []string
	if o.typescript {
		environment = append(environment, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if o.tsconfig != "" {
		environment = append(environment, "PULUMI_NODEJS_TSCONFIG_PATH="+o.tsconfig)
	}
	return environment
}
