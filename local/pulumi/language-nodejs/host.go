package main

import (
	"context"
	"os/exec"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// host answers the engine's LanguageRuntime calls. What it does not implement (code generation,
// packing, linking) answers Unimplemented, which the engine reports as such.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	engine    string
	cancelled context.Context
	cancel    context.CancelFunc
}

func newHost(engine string) *host {
	ctx, cancel := context.WithCancel(context.Background())
	return &host{engine: engine, cancelled: ctx, cancel: cancel}
}

func (h *host) Handshake(
	_ context.Context, request *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engine = request.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}

func (h *host) GetRequiredPackages(
	_ context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{
		Packages: requiredPackages(request.GetInfo().GetProgramDirectory()),
	}, nil
}

func (h *host) GetProgramDependencies(
	_ context.Context, request *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	return &pulumirpc.GetProgramDependenciesResponse{
		Dependencies: programDependencies(request.GetInfo().GetProgramDirectory(), request.GetTransitiveDependencies()),
	}, nil
}

func (h *host) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

func (h *host) Template(context.Context, *pulumirpc.TemplateRequest) (*pulumirpc.TemplateResponse, error) {
	return &pulumirpc.TemplateResponse{}, nil
}

func (h *host) About(
	ctx context.Context, request *pulumirpc.AboutRequest,
) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.AboutResponse{Executable: node, Metadata: map[string]string{"packagemanager": "npm"}}
	// A version that cannot be told is no reason to fail.
	if out, err := exec.CommandContext(ctx, node, "--version").Output(); err == nil {
		response.Version = strings.TrimSpace(string(out))
	}
	return response, nil
}

func (h *host) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	command := exec.CommandContext(stream.Context(), "npm", "install", "--loglevel=error", "--no-audit", "--no-fund")
	command.Dir = request.GetInfo().GetProgramDirectory()
	command.Stdout = installWriter{func(text []byte) error {
		return stream.Send(&pulumirpc.InstallDependenciesResponse{Stdout: text})
	}}
	command.Stderr = installWriter{func(text []byte) error {
		return stream.Send(&pulumirpc.InstallDependenciesResponse{Stderr: text})
	}}
	return command.Run()
}
