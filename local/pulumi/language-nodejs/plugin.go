package main

import (
	"errors"
	"fmt"
	"os/exec"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// installWriter passes a process's output on to the engine as it comes.
type installWriter struct{ send func([]byte) error }

func (w installWriter) Write(text []byte) (int, error) {
	if err := w.send(text); err != nil {
		return 0, err
	}
	return len(text), nil
}

// RunPlugin starts a plugin that is written in TypeScript or JavaScript: a component provider, or a policy pack.
func (h *host) RunPlugin(
	request *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	options, err := parseOptions(request.GetInfo().GetOptions().AsMap())
	if err != nil {
		return err
	}
	directory := request.GetInfo().GetProgramDirectory()
	policyPack := request.GetKind() == "analyzer"
	module := "@pulumi/pulumi/cmd/run-plugin"
	if policyPack {
		module = "@pulumi/pulumi/cmd/run-policy-pack"
	}
	node, script, err := locate(stream.Context(), module, directory)
	if err != nil {
		return err
	}
	arguments := append(append(options.nodeArguments, script, directory), request.GetArgs()...)
	pwd := request.GetPwd()
	if policyPack {
		// its usage: <engine-address> <program>; and it reads its package.json where it stands
		arguments = append(append(options.nodeArguments, script), append(request.GetArgs(), directory)...)
		pwd = directory
	}
	command := exec.CommandContext(stream.Context(), node, arguments...)
	command.Dir = pwd
	command.Env = append(request.GetEnv(), options.environment()...)
	// A gRPC stream takes one Send at a time; standard output and error come from two goroutines.
	var sending sync.Mutex
	send := func(response *pulumirpc.RunPluginResponse) error {
		sending.Lock()
		defer sending.Unlock()
		return stream.Send(response)
	}
	command.Stdout = installWriter{func(text []byte) error {
		return send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: text}})
	}}
	command.Stderr = installWriter{func(text []byte) error {
		return send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: text}})
	}}
	interruptThenKill(command)
	err = command.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return send(&pulumirpc.RunPluginResponse{
			Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(exit.ExitCode())},
		})
	}
	if err != nil {
		return fmt.Errorf("the plugin in %s could not be run: %w", directory, err)
	}
	return nil
}
