package main

import (
	"context"
	"encoding/json"
	"errors"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pulumi-postgres-ha/local/pulumi/protocol/serving"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// csaManager is the field manager of what is created, and of client-side apply.
const csaManager = "pulumi-kubernetes"

// provider answers the engine's ResourceProvider calls; a call that it does not implement answers
// Unimplemented.
type provider struct {
	pulumirpc.UnimplementedResourceProviderServer

	engine *engineLog
	config config
	// cluster is nil when there is none to reach; config.unreachable says why.
	cluster *cluster
	// operations is cancelled when the engine says Cancel; what waits ends then.
	operations context.Context
	cancel     context.CancelFunc
}

func newProvider(engine *engineLog) *provider {
	ctx, cancel := context.WithCancel(context.Background())
	return &provider{engine: engine, operations: ctx, cancel: cancel}
}

func (p *provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

func (p *provider) GetSchema(
	context.Context, *pulumirpc.GetSchemaRequest,
) (*pulumirpc.GetSchemaResponse, error) {
	schema, err := json.Marshal(map[string]any{
		"name": pluginPackage, "version": version, "resources": map[string]any{}, "types": map[string]any{},
	})
	return &pulumirpc.GetSchemaResponse{Schema: string(schema)}, err
}

func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.cancel()
	return &emptypb.Empty{}, nil
}

func (p *provider) Attach(_ context.Context, request *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	connection, err := serving.Dial(request.GetAddress())
	if err != nil {
		return nil, err
	}
	p.engine.client = pulumirpc.NewEngineClient(connection)
	return &emptypb.Empty{}, nil
}

// properties encodes what goes back to the engine.
func (p *provider) properties(object map[string]any) *structpb.Struct {
	return wire.Encode(object, p.config.acceptSecrets)
}

// unreachableError is what an operation that needs the cluster fails with when there is none.
func (p *provider) unreachableError() error {
	return errors.New("configured Kubernetes cluster is unreachable: " + p.config.unreachable)
}

// partial is an error of an operation that has taken effect in the cluster, but whose result is
// not ready: the engine keeps the state and tries to update the next time.
func (p *provider) partial(id string, err error, state, inputs map[string]any) error {
	reasons := []string{err.Error()}
	var detailed interface{ reasons() []string }
	if errors.As(err, &detailed) {
		reasons = append(reasons, detailed.reasons()...)
	}
	failure := &pulumirpc.ErrorResourceInitFailed{Id: id, Properties: p.properties(state), Reasons: reasons}
	if inputs != nil {
		failure.Inputs = p.properties(inputs)
	}
	answer, detailErr := status.New(codes.Unknown, err.Error()).WithDetails(failure)
	if detailErr != nil {
		return err
	}
	return answer.Err()
}

// unfinished is an error that carries the object as it was seen last, with what was wrong with it.
type unfinished struct {
	message string
	object  *unstructured.Unstructured
	details []string
}

func (u *unfinished) Error() string     { return u.message }
func (u *unfinished) reasons() []string { return u.details }
