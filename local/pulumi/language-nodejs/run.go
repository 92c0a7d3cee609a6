package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// reportedExit is the exit status of @pulumi/pulumi's cmd/run that says "the user has been told
// already" (cmd/run/index.js, nodeJSProcessExitedAfterLoggingUserActionableMessage).
const reportedExit = 32

// killAfter is how long a program may take to end after it was interrupted.
const killAfter = 5 * time.Second

func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if h.engine == "" {
		return nil, errors.New("no engine is known: Handshake must come before Run")
	}
	if request.GetAttachDebugger() {
		return nil, errors.New("--attach-debugger is not supported by this language host: install the Pulumi CLI's own download")
	}
	options, err := parseOptions(request.GetInfo().GetOptions().AsMap())
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	directory := request.GetInfo().GetProgramDirectory()
	node, script, err := locate(ctx, "@pulumi/pulumi/cmd/run", directory)
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	environment, err := programEnvironment(request, options)
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}

	// The program ends with the call or when the engine says Cancel, whichever is first.
	running, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(h.cancelled, stop)()
	command := exec.CommandContext(running, node, append(options.nodeArguments, h.arguments(request, script)...)...)
	command.Env = environment
	// Wrapped, so that node gets pipes and cannot switch the host's own descriptors to non-blocking.
	command.Stdout = struct{ io.Writer }{os.Stdout}
	command.Stderr = struct{ io.Writer }{os.Stderr}
	interruptThenKill(command)
	return runResponse(command.Run()), nil
}

// interruptThenKill makes a cancelled command end as on Ctrl-C, and by force when it does not.
func interruptThenKill(command *exec.Cmd) {
	command.Cancel = func() error {
		if err := command.Process.Signal(os.Interrupt); err != nil {
			return command.Process.Kill()
		}
		return nil
	}
	command.WaitDelay = killAfter
}

func runResponse(err error) *pulumirpc.RunResponse {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case errors.As(err, &exit) && exit.ExitCode() == reportedExit:
		return &pulumirpc.RunResponse{Bail: true}
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("Program exited with non-zero exit code: %d", exit.ExitCode())}
	case errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("Program exited unexpectedly: %v", exit)}
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program could not be run: %v", err)}
	}
}

// arguments is the command line of @pulumi/pulumi's cmd/run (its usage() lists the flags).
func (h *host) arguments(request *pulumirpc.RunRequest, script string) []string {
	info := request.GetInfo()
	arguments := []string{script}
	for _, flag := range []struct{ name, value string }{
		{"monitor", request.GetMonitorAddress()},
		{"engine", h.engine},
		{"organization", request.GetOrganization()},
		{"project", request.GetProject()},
		{"root-directory", info.GetRootDirectory()},
		{"stack", request.GetStack()},
		{"pwd", info.GetProgramDirectory()},
		{"parallel", strconv.Itoa(int(request.GetParallel()))},
	} {
		if flag.value != "" {
			arguments = append(arguments, "--"+flag.name, flag.value)
		}
	}
	if request.GetDryRun() {
		arguments = append(arguments, "--dry-run")
	}
	return append(append(arguments, info.GetEntryPoint()), request.GetArgs()...)
}

func programEnvironment(request *pulumirpc.RunRequest, options nodeOptions) ([]string, error) {
	config := map[string]string{}
	for key, value := range request.GetConfig() {
		config[key] = value
	}
	configJSON, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	secretKeys := request.GetConfigSecretKeys()
	if secretKeys == nil {
		secretKeys = []string{}
	}
	secretsJSON, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, err
	}
	environment := append(os.Environ(),
		"PULUMI_CONFIG="+string(configJSON), "PULUMI_CONFIG_SECRET_KEYS="+string(secretsJSON))
	return append(environment, options.environment()...), nil
}

// locate finds a module as a program in the directory would, and the node to run it with.
func locate(ctx context.Context, module, directory string) (node, file string, err error) {
	node, err = exec.LookPath("node")
	if err != nil {
		return "", "", fmt.Errorf("node is not on PATH: install Node.js 22 or newer")
	}
	// resolved here rather than by a node process: each start of node costs 40 ms of every preview
	if file = resolveModule(module, directory); file != "" {
		return node, file, nil
	}
	resolve := fmt.Sprintf("process.stdout.write(require.resolve(%q))", module)
	command := exec.CommandContext(ctx, node, "-e", resolve)
	command.Dir = directory
	out, err := command.Output()
	if err != nil {
		return "", "", fmt.Errorf("%s cannot be found from %s: run `npm install` there", module, directory)
	}
	return node, strings.TrimSpace(string(out)), nil
}
