package main

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// The keys that the plugin keeps beside the object in Pulumi's state.
const (
	stateInputs       = "__inputs"
	stateAPIVersion   = "__initialApiVersion"
	stateFieldManager = "__fieldManager"
)

// Names that a program writes with underscores because its SDK cannot write dashes (in CRD schemas).
var dashed = map[string]string{
	"x_kubernetes_embedded_resource":       "x-kubernetes-embedded-resource",
	"x_kubernetes_int_or_string":           "x-kubernetes-int-or-string",
	"x_kubernetes_list_map_keys":           "x-kubernetes-list-map-keys",
	"x_kubernetes_list_type":               "x-kubernetes-list-type",
	"x_kubernetes_map_type":                "x-kubernetes-map-type",
	"x_kubernetes_preserve_unknown_fields": "x-kubernetes-preserve-unknown-fields",
	"x_kubernetes_validations":             "x-kubernetes-validations",
}

var underscored = func() map[string]string {
	reversed := map[string]string{}
	for from, to := range dashed {
		reversed[to] = from
	}
	return reversed
}()

func renamed(value any, names map[string]string) any {
	switch value := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(value))
		for key, item := range value {
			if name, ok := names[key]; ok {
				key = name
			}
			copied[key] = renamed(item, names)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i, item := range value {
			copied[i] = renamed(item, names)
		}
		return copied
	default:
		return value
	}
}

// objectOf is the Kubernetes object that resource inputs describe; secret marks are dropped.
func objectOf(properties map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: renamed(wire.PlainMap(properties), dashed).(map[string]any)}
}

// stateOf is what goes into Pulumi's state: the live object with the inputs beside it.
func stateOf(
	inputs, live *unstructured.Unstructured, marks map[string]any, apiVersion, fieldManager string,
) map[string]any {
	object := renamed(live.Object, underscored).(map[string]any)
	inputObject := renamed(inputs.Object, underscored).(map[string]any)
	markSecrets(object, marks)
	markSecrets(inputObject, marks)
	object[stateInputs] = inputObject
	object[stateAPIVersion] = apiVersion
	object[stateFieldManager] = fieldManager
	return object
}

// parseState is the reverse: the inputs of the last operation, and the object as it was seen then.
func parseState(state map[string]any) (inputs, live *unstructured.Unstructured) {
	object := renamed(wire.PlainMap(state), dashed).(map[string]any)
	given, ok := object[stateInputs].(map[string]any)
	if !ok {
		given = map[string]any{}
	}
	delete(object, stateInputs)
	return &unstructured.Unstructured{Object: given}, &unstructured.Unstructured{Object: object}
}

func initialAPIVersion(state map[string]any, inputs *unstructured.Unstructured) string {
	if kept, ok := wire.Plain(state[stateAPIVersion]).(string); ok {
		return kept
	}
	return inputs.GetAPIVersion()
}

// fieldManager is the name under which the object's fields are applied: the program's annotation,
// else the one in state, else a new random one.
func (p *provider) fieldManager(state map[string]any, inputs *unstructured.Unstructured) string {
	if !p.config.serverSideApply {
		return csaManager
	}
	if given := annotation(inputs, annotationPatchManager); given != "" {
		return given
	}
	if kept, ok := wire.Plain(state[stateFieldManager]).(string); ok {
		return kept
	}
	return randomName(nil, csaManager+"-")
}

// markSecrets makes secret in `to` what is secret in `from`: the same key in the same place; a
// list as a whole. What a Secret holds is secret whatever the program said.
func markSecrets(to, from map[string]any) {
	if kind, ok := to["kind"].(string); ok && kind == "Secret" {
		for _, key := range []string{"data", "stringData"} {
			if value, ok := to[key]; ok {
				to[key] = makeSecret(value)
			}
		}
		return
	}
	for key, source := range from {
		value, ok := to[key]
		if !ok {
			continue
		}
		valueMap, valueIsMap := value.(map[string]any)
		sourceMap, sourceIsMap := source.(map[string]any)
		if valueIsMap && sourceIsMap {
			markSecrets(valueMap, sourceMap)
		} else if wire.HasSecret(source) {
			to[key] = makeSecret(value)
		}
	}
}

func makeSecret(value any) any {
	if already, ok := value.(wire.Secret); ok {
		return already
	}
	return wire.Secret{Value: value}
}
