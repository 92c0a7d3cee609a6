package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// provider answers the engine's ResourceProvider calls; a call that it does not implement answers
// Unimplemented.
type provider struct {
	pulumirpc.UnimplementedResourceProviderServer

	aws *session
	// operations is cancelled when the engine says Cancel.
	operations context.Context
	cancel     context.CancelFunc
	keep       bool // the engine takes secrets as such
}

func newProvider() *provider {
	ctx, cancel := context.WithCancel(context.Background())
	return &provider{operations: ctx, cancel: cancel}
}

func (p *provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

func (p *provider) GetSchema(
	context.Context, *pulumirpc.GetSchemaRequest,
) (*pulumirpc.GetSchemaResponse, error) {
	schema, err := json.Marshal(map[string]any{
		"name": "aws", "version": version, "resources": map[string]any{}, "types": map[string]any{},
	})
	return &pulumirpc.GetSchemaResponse{Schema: string(schema)}, err
}

func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.cancel()
	return &emptypb.Empty{}, nil
}

func (p *provider) properties(object map[string]any) *structpb.Struct {
	return wire.Encode(object, p.keep)
}

// typeOf finds the resource's type by the token in its URN: URN::…::parent$aws:s3/bucket:Bucket::name.
func typeOf(urn string) (*resourceType, error) {
	parts := strings.Split(urn, "::")
	if len(parts) < 4 {
		return nil, fmt.Errorf("the URN %s has no type", urn)
	}
	types := strings.Split(parts[2], "$")
	token := types[len(types)-1]
	for _, known := range resourceTypes {
		if known.token == token {
			return known, nil
		}
	}
	return nil, fmt.Errorf("%s is not among the types of the stand-in aws plugin: "+
		"use the real one where its download can be reached", token)
}

func nameOf(urn string) string {
	parts := strings.SplitN(urn, "::", 4)
	return parts[len(parts)-1]
}
