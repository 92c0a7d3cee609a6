package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/jsonpath"
)

func volumeCheck(_ context.Context, live *unstructured.Unstructured) verdict {
	phase, _, _ := unstructured.NestedString(live.Object, "status", "phase")
	return verdict{ready: phase == string(corev1.VolumeAvailable) || phase == string(corev1.VolumeBound)}
}

func quotaCheck(_ context.Context, live *unstructured.Unstructured) verdict {
	hard, _, _ := unstructured.NestedMap(live.Object, "spec", "hard")
	observed, found, _ := unstructured.NestedMap(live.Object, "status", "hard")
	return verdict{ready: found && reflect.DeepEqual(hard, observed)}
}

// tokenCheck: the token of a ServiceAccount is filled in by a controller.
func tokenCheck(_ context.Context, live *unstructured.Unstructured) verdict {
	data, _ := live.Object["data"].(map[string]any)
	return verdict{ready: len(data) > 0}
}

// parseWaitFor reads pulumi.com/waitFor: one condition, or a JSON list of which all must hold. A
// condition is condition=TYPE[=STATUS] or jsonpath={.path}[=value].
func parseWaitFor(text string) (check, error) {
	var wanted []string
	if json.Unmarshal([]byte(text), &wanted) != nil {
		wanted = []string{text}
	}
	if len(wanted) == 0 {
		return nil, fmt.Errorf("at least one condition must be specified in %s", annotationWaitFor)
	}
	checks := make([]check, 0, len(wanted))
	for _, expression := range wanted {
		one, err := parseCondition(expression)
		if err != nil {
			return nil, err
		}
		checks = append(checks, one)
	}
	return func(ctx context.Context, live *unstructured.Unstructured) verdict {
		for i, one := range checks {
			if !one(ctx, live).ready {
				waiting := "Waiting for " + wanted[i]
				return verdict{status: waiting, problems: []string{waiting}}
			}
		}
		return verdict{ready: true}
	}, nil
}

func parseCondition(expression string) (check, error) {
	if rest, ok := strings.CutPrefix(expression, "condition="); ok {
		kind, wanted, found := strings.Cut(rest, "=")
		if !found {
			wanted = "True"
		}
		return func(_ context.Context, live *unstructured.Unstructured) verdict {
			return verdict{ready: hasCondition(live, kind, wanted)}
		}, nil
	}
	rest, ok := strings.CutPrefix(expression, "jsonpath=")
	if !ok {
		return nil, fmt.Errorf(`expected a "jsonpath=" or "condition=" prefix, got %q`, expression)
	}
	path, value, hasValue := strings.Cut(rest, "}=")
	if hasValue {
		path += "}"
	}
	if !strings.HasPrefix(path, "{") || !strings.HasSuffix(path, "}") {
		return nil, fmt.Errorf("%s should be wrapped in brackets { ... }", path)
	}
	parsed := jsonpath.New("waitFor")
	if err := parsed.Parse(path); err != nil {
		return nil, fmt.Errorf("parsing %q: %w", path, err)
	}
	return func(_ context.Context, live *unstructured.Unstructured) verdict {
		results, err := parsed.FindResults(live.Object)
		if err != nil || len(results) == 0 || len(results[0]) == 0 {
			return verdict{}
		}
		return verdict{ready: !hasValue || fmt.Sprint(results[0][0].Interface()) == value}
	}, nil
}

// hasCondition is kubectl wait's rule: a condition that is older than the object does not count.
func hasCondition(live *unstructured.Unstructured, kind, wanted string) bool {
	conditions, _, _ := unstructured.NestedSlice(live.Object, "status", "conditions")
	for _, each := range conditions {
		condition, ok := each.(map[string]any)
		name, _ := condition["type"].(string)
		if !ok || !strings.EqualFold(name, kind) {
			continue
		}
		observed, found := condition["observedGeneration"].(int64)
		if !found {
			observed, found, _ = unstructured.NestedInt64(live.Object, "status", "observedGeneration")
		}
		if found && observed < live.GetGeneration() {
			return false
		}
		status, _ := condition["status"].(string)
		return strings.EqualFold(status, wanted)
	}
	return false
}
