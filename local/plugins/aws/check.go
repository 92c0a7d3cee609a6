package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// Check gives a name where the program gave none, the region, and says which inputs are missing.
func (p *provider) Check(
	_ context.Context, request *pulumirpc.CheckRequest,
) (*pulumirpc.CheckResponse, error) {
	of, err := typeOf(request.GetUrn())
	if err != nil {
		return nil, err
	}
	inputs := wire.Decode(request.GetNews())
	for key, value := range inputs {
		if value == nil {
			delete(inputs, key)
		}
	}
	response := &pulumirpc.CheckResponse{}
	for _, key := range of.required {
		if _, given := inputs[key]; !given {
			response.Failures = append(response.Failures, &pulumirpc.CheckFailure{
				Property: key, Reason: "Missing required property '" + key + "'",
			})
		}
	}
	if of.named != "" {
		if _, given := inputs[of.named]; !given {
			inputs[of.named] = of.generatedName(request)
		}
	}
	response.Inputs = p.properties(inputs)
	return response, nil
}

// generatedName keeps the name that a resource has; else it is its own name and seven hex digits, the
// same for the same seed, so that a preview and the update that follows it agree.
func (of *resourceType) generatedName(request *pulumirpc.CheckRequest) string {
	if old := text(wire.PlainMap(wire.Decode(request.GetOlds())), of.named); old != "" {
		return old
	}
	if options := request.GetAutonaming(); options.GetMode() != pulumirpc.CheckRequest_AutonamingOptions_DISABLE &&
		options.GetProposedName() != "" {
		return options.GetProposedName()
	}
	seed := request.GetRandomSeed()
	if len(seed) == 0 {
		seed = make([]byte, 16)
		_, _ = rand.Read(seed)
	}
	sum := sha256.Sum256(seed)
	suffix := "-" + hex.EncodeToString(sum[:])[:7]
	name := nameOf(request.GetUrn())
	if of.lowerCase {
		name = strings.ToLower(name)
	}
	if longest := of.nameLimit - len(suffix); len(name) > longest {
		name = name[:longest]
	}
	return name + suffix
}
