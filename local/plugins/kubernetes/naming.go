package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

const pluginPackage = "kubernetes"

// gvkOf reads a type token such as kubernetes:apps/v1:StatefulSet out of a URN; group core is "".
func gvkOf(urn string) (schema.GroupVersionKind, error) {
	parts := strings.Split(urn, "::")
	if len(parts) < 3 {
		return schema.GroupVersionKind{}, errors.New("the URN " + urn + " has no type")
	}
	types := strings.Split(parts[2], "$")
	token := strings.Split(types[len(types)-1], ":")
	if len(token) != 3 || token[0] != pluginPackage {
		return schema.GroupVersionKind{}, errors.New("unrecognized resource type: " + types[len(types)-1] + " for this provider")
	}
	group, version, found := strings.Cut(token[1], "/")
	if !found {
		return schema.GroupVersionKind{}, errors.New("apiVersion does not have both a group and a version: " + token[1])
	}
	if group == "core" {
		group = ""
	}
	return schema.GroupVersionKind{Group: group, Version: version, Kind: token[2]}, nil
}

func nameOf(urn string) string {
	parts := strings.SplitN(urn, "::", 4)
	return parts[len(parts)-1]
}

// randomName appends 8 hex digits, the same for the same seed, so that a preview and the update
// that follows it agree.
func randomName(seed []byte, prefix string) string {
	if len(seed) == 0 {
		seed = make([]byte, 16)
		_, _ = rand.Read(seed)
	}
	sum := sha256.Sum256(seed)
	return prefix + hex.EncodeToString(sum[:])[:8]
}

// isNamed says whether the program gave a name, be it known or not.
func isNamed(object *unstructured.Unstructured) bool {
	metadata, _ := object.Object["metadata"].(map[string]any)
	if _, is := metadata["name"].(wire.Unknown); is {
		return true
	}
	return object.GetName() != ""
}

func usesGenerateName(object *unstructured.Unstructured) bool {
	if isNamed(object) {
		return false
	}
	metadata, _ := object.Object["metadata"].(map[string]any)
	if _, is := metadata["generateName"].(wire.Unknown); is {
		return true
	}
	return object.GetGenerateName() != ""
}

// assignName gives a new object a name when the program gave none.
func assignName(object *unstructured.Unstructured, request *pulumirpc.CheckRequest) error {
	if isNamed(object) || usesGenerateName(object) {
		return nil
	}
	name := randomName(request.GetRandomSeed(), nameOf(request.GetUrn())+"-")
	if options := request.GetAutonaming(); options != nil {
		switch options.GetMode() {
		case pulumirpc.CheckRequest_AutonamingOptions_DISABLE:
			return errors.New("autonaming is disabled, resource requires the .metadata.name field to be set")
		case pulumirpc.CheckRequest_AutonamingOptions_ENFORCE, pulumirpc.CheckRequest_AutonamingOptions_PROPOSE:
			name = options.GetProposedName()
		}
	}
	setMetadata(object, "name", name)
	setAnnotation(object, annotationAutonamed, "true")
	return nil
}

// keepName carries a generated name over to the next version of the object.
func keepName(object, old *unstructured.Unstructured) {
	if !isNamed(object) && annotationIsTrue(old, annotationAutonamed) {
		setMetadata(object, "name", old.GetName())
		setAnnotation(object, annotationAutonamed, "true")
	}
}

func setMetadata(object *unstructured.Unstructured, key string, value any) {
	switch metadata := object.Object["metadata"].(type) {
	case wire.Unknown: // nothing can be put into what is not known
	case map[string]any:
		metadata[key] = value
	default:
		object.Object["metadata"] = map[string]any{key: value}
	}
}

// objectID is the id of a resource in Pulumi's state: namespace/name, or name.
func objectID(object *unstructured.Unstructured) string {
	if object.GetNamespace() == "" {
		return object.GetName()
	}
	return object.GetNamespace() + "/" + object.GetName()
}

func parseID(id string) (namespace, name string) {
	namespace, name, found := strings.Cut(id, "/")
	if !found {
		return "", namespace
	}
	return namespace, name
}
