package main

import (
	"encoding/base64"
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// typesKnown says whether the type is one of Kubernetes' own.
func typesKnown(gvk schema.GroupVersionKind) bool { return scheme.Scheme.Recognizes(gvk) }

// typed fills a Kubernetes struct from an object of any form.
func typed(object *unstructured.Unstructured, into any) error {
	return runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, into)
}

// normalized brings inputs into the form in which the API server keeps them (quantities, Secrets'
// stringData), so that two ways of writing the same thing are no difference.
func normalized(object *unstructured.Unstructured) *unstructured.Unstructured {
	gvk := gvkOfObject(object)
	if typesKnown(gvk) && !wire.HasUnknown(object.Object) {
		if isSecret(object) {
			normalizeSecret(object)
		} else if converted := throughType(object, gvk); converted != nil {
			object = pruned(converted, object)
		}
	}
	if metadata, ok := object.Object["metadata"].(map[string]any); ok {
		// What only the server sets.
		for _, field := range []string{
			"creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation",
			"managedFields", "resourceVersion", "uid",
		} {
			delete(metadata, field)
		}
	}
	return object
}

func throughType(object *unstructured.Unstructured, gvk schema.GroupVersionKind) *unstructured.Unstructured {
	instance, err := scheme.Scheme.New(gvk)
	if err != nil {
		return nil
	}
	if typed(object, instance) != nil {
		return nil
	}
	converted, err := runtime.DefaultUnstructuredConverter.ToUnstructured(instance.(metav1.Object))
	if err != nil {
		return nil
	}
	return &unstructured.Unstructured{Object: converted}
}

// normalizeSecret does what the server does: stringData goes into data, over what is there.
func normalizeSecret(object *unstructured.Unstructured) {
	data, hasData := object.Object["data"].(map[string]any)
	if strings, ok := object.Object["stringData"].(map[string]any); ok && len(strings) > 0 {
		merged := map[string]any{}
		for key, value := range data {
			merged[key] = value
		}
		for key, value := range strings {
			text, ok := value.(string)
			if !ok {
				return // the server will say what is wrong
			}
			merged[key] = base64.StdEncoding.EncodeToString([]byte(text))
		}
		object.Object["data"] = merged
		delete(object.Object, "stringData")
		return
	}
	if !hasData {
		return
	}
	for key, value := range data {
		// The server decodes and encodes again, which drops line breaks in the text.
		if text, ok := value.(string); ok {
			if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
				data[key] = base64.StdEncoding.EncodeToString(decoded)
			}
		}
	}
}

func isSecret(object *unstructured.Unstructured) bool {
	gvk := gvkOfObject(object)
	return gvk.Group == "" && gvk.Kind == "Secret"
}

func isConfigMap(object *unstructured.Unstructured) bool {
	gvk := gvkOfObject(object)
	return gvk.Group == "" && gvk.Kind == "ConfigMap"
}

func isImmutable(object *unstructured.Unstructured) bool {
	immutable, _ := object.Object["immutable"].(bool)
	return immutable
}

func isDefinition(object *unstructured.Unstructured) bool {
	gvk := gvkOfObject(object)
	return gvk.Group == "apiextensions.k8s.io" && gvk.Kind == "CustomResourceDefinition"
}

// pruned is the object without what the shape does not have: of a live object what its inputs set.
func pruned(object, shape *unstructured.Unstructured) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: pruneMap(object.Object, shape.Object)}
}

func pruneMap(object, shape map[string]any) map[string]any {
	if object == nil || shape == nil {
		return nil
	}
	result := map[string]any{}
	for key, value := range object {
		if wanted, ok := shape[key]; ok {
			result[key] = pruneValue(value, wanted)
		}
	}
	return result
}

func pruneValue(value, shape any) any {
	switch value := value.(type) {
	case map[string]any:
		if shape, ok := shape.(map[string]any); ok {
			return pruneMap(value, shape)
		}
	case []any:
		if shape, ok := shape.([]any); ok {
			return pruneList(value, shape)
		}
	}
	return value
}

// pruneList compares by position; what the cluster has appended is left out.
func pruneList(list, shape []any) []any {
	if list == nil || shape == nil {
		return nil
	}
	result := make([]any, 0, len(shape))
	if len(list) == 0 || len(shape) == 0 {
		return result
	}
	if reflect.TypeOf(list[0]) != reflect.TypeOf(shape[0]) {
		return list
	}
	for i := 0; i < len(shape) && i < len(list); i++ {
		result = append(result, pruneValue(list[i], shape[i]))
	}
	return result
}
