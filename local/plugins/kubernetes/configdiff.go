package main

import (
	"context"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

func (p *provider) CheckConfig(
	_ context.Context, request *pulumirpc.CheckRequest,
) (*pulumirpc.CheckResponse, error) {
	news := wire.PlainMap(wire.Decode(request.GetNews()))
	response := &pulumirpc.CheckResponse{Inputs: request.GetNews()}
	if !strictMode(news) {
		return response, nil
	}
	if strings.HasPrefix(nameOf(request.GetUrn()), "default_") || nameOf(request.GetUrn()) == "default" {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{
			Reason: "strict mode prohibits default provider",
		})
	}
	for _, name := range []string{"kubeconfig", "context"} {
		if value, known := news[name]; !known || value == "" {
			response.Failures = append(response.Failures, &pulumirpc.CheckFailure{
				Property: name, Reason: "strict mode requires Provider \"" + name + "\" argument",
			})
		}
	}
	return response, nil
}

func strictMode(news map[string]any) bool {
	if given, ok := news["strictMode"].(string); ok {
		return given == "true"
	}
	var stack map[string]any
	if json.Unmarshal([]byte(os.Getenv("PULUMI_CONFIG")), &stack) == nil {
		return stack["strictMode"] == "true"
	}
	return false
}

// DiffConfig asks for replacement when the provider would act on another cluster.
func (p *provider) DiffConfig(
	_ context.Context, request *pulumirpc.DiffRequest,
) (*pulumirpc.DiffResponse, error) {
	olds, news := wire.PlainMap(wire.Decode(request.GetOlds())), wire.PlainMap(wire.Decode(request.GetNews()))
	var changed []string
	for key := range mergedKeys(olds, news) {
		if key != "version" && !reflect.DeepEqual(olds[key], news[key]) {
			changed = append(changed, key)
		}
	}
	sort.Strings(changed)
	if len(changed) == 0 {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME, Diffs: changed}
	response.Replaces = configReplaces(olds, news, changed)
	return response, nil
}

func configReplaces(olds, news map[string]any, changed []string) []string {
	oldIdentifier, newIdentifier := olds["clusterIdentifier"], news["clusterIdentifier"]
	if newIdentifier != nil && oldIdentifier == newIdentifier {
		return nil
	}
	var replaces []string
	if oldIdentifier != nil && newIdentifier != nil {
		replaces = append(replaces, "clusterIdentifier")
	}
	cluster := []string{"kubeconfig", "context", "cluster"}
	for _, key := range cluster {
		if _, is := news[key].(wire.Unknown); is {
			return append(replaces, key)
		}
	}
	before, after := activeCluster(olds), activeCluster(news)
	if before != nil && after != nil && !reflect.DeepEqual(before, after) {
		for _, key := range cluster {
			if slices.Contains(changed, key) {
				replaces = append(replaces, key)
			}
		}
	}
	return replaces
}

func activeCluster(given map[string]any) *clientcmdapi.Cluster {
	text := ""
	switch value := given["kubeconfig"].(type) {
	case string:
		text = value
	case map[string]any:
		if content, err := json.Marshal(value); err == nil {
			text = string(content)
		}
	}
	config, err := parseKubeconfig(text)
	if err != nil {
		return nil
	}
	name := config.CurrentContext
	if override, ok := given["context"].(string); ok {
		name = override
	}
	context := config.Contexts[name]
	if context == nil {
		return nil
	}
	if override, ok := given["cluster"].(string); ok {
		return config.Clusters[override]
	}
	return config.Clusters[context.Cluster]
}

func mergedKeys(maps ...map[string]any) map[string]bool {
	keys := map[string]bool{}
	for _, each := range maps {
		for key := range each {
			keys[key] = true
		}
	}
	return keys
}
