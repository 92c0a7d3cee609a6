package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

func itoa(number int) string { return strconv.Itoa(number) }

// Create makes the thing. A preview tells what is known: the inputs.
func (p *provider) Create(
	_ context.Context, request *pulumirpc.CreateRequest,
) (*pulumirpc.CreateResponse, error) {
	of, err := typeOf(request.GetUrn())
	if err != nil {
		return nil, err
	}
	inputs := wire.Decode(request.GetProperties())
	state := p.stateOf(of, inputs)
	if request.GetPreview() {
		for _, key := range of.computed {
			state[key] = wire.Unknown{}
		}
		return &pulumirpc.CreateResponse{Properties: p.properties(state)}, nil
	}
	id, outputs, err := of.create(p.operations, p.aws, withTags(wire.PlainMap(state)))
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w", request.GetUrn(), err)
	}
	maps.Copy(state, outputs)
	return &pulumirpc.CreateResponse{Id: id, Properties: p.properties(state)}, nil
}

// stateOf are the inputs, with their secret marks, and what follows from them without asking AWS.
func (p *provider) stateOf(of *resourceType, inputs map[string]any) map[string]any {
	state := maps.Clone(inputs)
	if _, given := state["region"]; !given && of.token != roleType.token && of.token != rolePolicyType.token {
		state["region"] = p.aws.region
	}
	if of.tagged {
		all := map[string]any{}
		for key, value := range p.aws.defaultTags {
			all[key] = value
		}
		switch tags := wire.Plain(inputs["tags"]).(type) {
		case map[string]any:
			maps.Copy(all, tags)
			state["tagsAll"] = all
		case wire.Unknown:
			state["tagsAll"] = tags
		default:
			state["tagsAll"] = all
		}
	}
	return state
}

// withTags lets the calls see one set of tags, the provider's among them.
func withTags(state properties) properties {
	if all, ok := state["tagsAll"]; ok {
		state["tags"] = all
	}
	return state
}

func (p *provider) Update(
	_ context.Context, request *pulumirpc.UpdateRequest,
) (*pulumirpc.UpdateResponse, error) {
	of, err := typeOf(request.GetUrn())
	if err != nil {
		return nil, err
	}
	old := wire.Decode(request.GetOlds())
	state := p.stateOf(of, wire.Decode(request.GetNews()))
	for _, key := range of.computed {
		if value, kept := old[key]; kept {
			state[key] = value
		}
	}
	if !request.GetPreview() {
		before, wanted := withTags(wire.PlainMap(old)), withTags(wire.PlainMap(state))
		if err := of.update(p.operations, p.aws, request.GetId(), before, wanted); err != nil {
			return nil, fmt.Errorf("updating %s: %w", request.GetUrn(), err)
		}
	}
	return &pulumirpc.UpdateResponse{Properties: p.properties(state)}, nil
}

func (p *provider) Delete(
	_ context.Context, request *pulumirpc.DeleteRequest,
) (*emptypb.Empty, error) {
	of, err := typeOf(request.GetUrn())
	if err != nil {
		return nil, err
	}
	err = of.delete(p.operations, p.aws, request.GetId(), wire.PlainMap(wire.Decode(request.GetProperties())))
	if err != nil && !isGone(err) {
		return nil, fmt.Errorf("deleting %s: %w", request.GetUrn(), err)
	}
	return &emptypb.Empty{}, nil
}

// Read is asked by refresh, with the state, and by import, with the id alone.
func (p *provider) Read(
	_ context.Context, request *pulumirpc.ReadRequest,
) (*pulumirpc.ReadResponse, error) {
	of, err := typeOf(request.GetUrn())
	if err != nil {
		return nil, err
	}
	live, err := of.read(p.operations, p.aws, request.GetId())
	if err != nil && !isGone(err) {
		return nil, fmt.Errorf("reading %s: %w", request.GetUrn(), err)
	}
	if err != nil || live == nil {
		return &pulumirpc.ReadResponse{}, nil
	}
	inputs, state := wire.Decode(request.GetInputs()), wire.Decode(request.GetProperties())
	imported := len(inputs) == 0
	for key, value := range live {
		if key == "tags" {
			value = p.ownTags(value)
		}
		if before, known := inputs[key]; imported && !isComputed(of, key) || known && !of.same(key, wire.Plain(before), value) {
			inputs[key] = value
		}
		if before, known := state[key]; !known || !of.same(key, wire.Plain(before), value) {
			state[key] = value
		}
	}
	return &pulumirpc.ReadResponse{
		Id: request.GetId(), Inputs: p.properties(inputs), Properties: p.properties(state),
	}, nil
}

// ownTags are those that do not come from the provider's defaults.
func (p *provider) ownTags(value any) any {
	all, _ := value.(map[string]any)
	own := map[string]any{}
	for key, tag := range all {
		if p.aws.defaultTags[key] != tag {
			own[key] = tag
		}
	}
	return own
}

func isComputed(of *resourceType, key string) bool {
	for _, computed := range of.computed {
		if computed == key {
			return true
		}
	}
	return false
}

// gone are AWS's codes for what is not there.
var gone = map[string]bool{
	"NoSuchBucket": true, "NotFound": true, "NoSuchEntity": true, "NotFoundException": true,
	"ResourceNotFoundException": true, "NoSuchBucketPolicy": true, "NoSuchLifecycleConfiguration": true,
	"NoSuchPublicAccessBlockConfiguration": true, "OwnershipControlsNotFoundError": true,
	"ObjectLockConfigurationNotFoundError": true, "ServerSideEncryptionConfigurationNotFoundError": true,
}

func isGone(err error) bool {
	var coded interface{ ErrorCode() string }
	return errors.As(err, &coded) && gone[coded.ErrorCode()]
}
