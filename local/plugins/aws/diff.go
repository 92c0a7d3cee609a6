package main

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"sort"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// Diff compares the new inputs with those of the last operation; AWS is not asked: drift is seen after a refresh.
func (p *provider) Diff(
	_ context.Context, request *pulumirpc.DiffRequest,
) (*pulumirpc.DiffResponse, error) {
	of, err := typeOf(request.GetUrn())
	if err != nil {
		return nil, err
	}
	olds, news := wire.PlainMap(wire.Decode(request.GetOldInputs())), wire.PlainMap(wire.Decode(request.GetNews()))
	changes := map[string]*pulumirpc.PropertyDiff{}
	for key := range mergedKeys(olds, news) {
		if slices.Contains(request.GetIgnoreChanges(), key) || of.same(key, olds[key], news[key]) {
			continue
		}
		for path, kind := range detailed(key, olds[key], news[key]) {
			changes[path] = &pulumirpc.PropertyDiff{Kind: kind, InputDiff: true}
		}
	}
	response := &pulumirpc.DiffResponse{
		Changes: pulumirpc.DiffResponse_DIFF_NONE, DetailedDiff: changes, HasDetailedDiff: true,
	}
	for path, change := range changes {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		response.Diffs = append(response.Diffs, path)
		if slices.Contains(of.replaces, path) || path == "region" {
			change.Kind = asReplacement(change.Kind)
			response.Replaces = append(response.Replaces, path)
		}
	}
	sort.Strings(response.Replaces)
	sort.Strings(response.Diffs)
	// Two things of one name cannot exist beside each other.
	response.DeleteBeforeReplace = len(response.Replaces) > 0 &&
		(of.named == "" || reflect.DeepEqual(olds[of.named], news[of.named]))
	return response, nil
}

func (of *resourceType) same(key string, old, new any) bool {
	if slices.Contains(of.documents, key) {
		return sameDocument(old, new)
	}
	return reflect.DeepEqual(old, new)
}

// sameDocument compares JSON by content: AWS and programs order and space it in their own ways.
func sameDocument(old, new any) bool {
	oldText, oldIs := old.(string)
	newText, newIs := new.(string)
	var a, b any
	if !oldIs || !newIs || json.Unmarshal([]byte(oldText), &a) != nil || json.Unmarshal([]byte(newText), &b) != nil {
		return reflect.DeepEqual(old, new)
	}
	return reflect.DeepEqual(a, b)
}

// detailed are the deepest paths of maps and lists that differ.
func detailed(path string, old, new any) map[string]pulumirpc.PropertyDiff_Kind {
	oldMap, oldIs := old.(map[string]any)
	newMap, newIs := new.(map[string]any)
	found := map[string]pulumirpc.PropertyDiff_Kind{}
	if oldIs && newIs {
		for key := range mergedKeys(oldMap, newMap) {
			if !reflect.DeepEqual(oldMap[key], newMap[key]) {
				for inner, kind := range detailed(path+"."+key, oldMap[key], newMap[key]) {
					found[inner] = kind
				}
			}
		}
		return found
	}
	oldList, oldIs := old.([]any)
	newList, newIs := new.([]any)
	if oldIs && newIs && len(oldList) == len(newList) {
		for i := range oldList {
			if !reflect.DeepEqual(oldList[i], newList[i]) {
				for inner, kind := range detailed(path+"["+itoa(i)+"]", oldList[i], newList[i]) {
					found[inner] = kind
				}
			}
		}
		return found
	}
	switch {
	case old == nil:
		found[path] = pulumirpc.PropertyDiff_ADD
	case new == nil:
		found[path] = pulumirpc.PropertyDiff_DELETE
	default:
		found[path] = pulumirpc.PropertyDiff_UPDATE
	}
	return found
}

func asReplacement(kind pulumirpc.PropertyDiff_Kind) pulumirpc.PropertyDiff_Kind {
	switch kind {
	case pulumirpc.PropertyDiff_ADD:
		return pulumirpc.PropertyDiff_ADD_REPLACE
	case pulumirpc.PropertyDiff_DELETE:
		return pulumirpc.PropertyDiff_DELETE_REPLACE
	default:
		return pulumirpc.PropertyDiff_UPDATE_REPLACE
	}
}
