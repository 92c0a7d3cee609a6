package main

import (
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// The annotations by which a program steers the plugin
// (pulumi.com/registry/packages/kubernetes/installation-configuration/#annotations).
const (
	annotationAutonamed      = "pulumi.com/autonamed"
	annotationSkipAwait      = "pulumi.com/skipAwait"
	annotationWaitFor        = "pulumi.com/waitFor"
	annotationTimeout        = "pulumi.com/timeoutSeconds"
	annotationReplaceUnready = "pulumi.com/replaceUnready"
	annotationPatchForce     = "pulumi.com/patchForce"
	annotationPatchManager   = "pulumi.com/patchFieldManager"
	annotationPropagation    = "pulumi.com/deletionPropagationPolicy"
	annotationLastApplied    = "kubectl.kubernetes.io/last-applied-configuration"

	labelManagedBy = "app.kubernetes.io/managed-by"
)

// defaultTimeout is how long an operation waits for readiness or deletion when nothing else is said.
const defaultTimeout = 10 * time.Minute

// annotation reads one annotation even where others are unknown.
func annotation(object *unstructured.Unstructured, key string) string {
	metadata, _ := object.Object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	value, _ := annotations[key].(string)
	return value
}

func annotationIsTrue(object *unstructured.Unstructured, key string) bool {
	return annotation(object, key) == "true"
}

func setAnnotation(object *unstructured.Unstructured, key, value string) {
	metadata, ok := object.Object["metadata"].(map[string]any)
	if !ok {
		return
	}
	switch annotations := metadata["annotations"].(type) {
	case wire.Unknown:
	case map[string]any:
		annotations[key] = value
	default:
		metadata["annotations"] = map[string]any{key: value}
	}
}

func setLabel(object *unstructured.Unstructured, key, value string) {
	metadata, ok := object.Object["metadata"].(map[string]any)
	if !ok {
		return
	}
	switch labels := metadata["labels"].(type) {
	case wire.Unknown:
	case map[string]any:
		labels[key] = value
	default:
		metadata["labels"] = map[string]any{key: value}
	}
}

// timeout is customTimeouts when the program set them, else the annotation, else the default.
func timeout(seconds float64, object *unstructured.Unstructured) time.Duration {
	if seconds != 0 {
		return time.Duration(seconds) * time.Second
	}
	if given, err := strconv.Atoi(annotation(object, annotationTimeout)); err == nil {
		return time.Duration(given) * time.Second
	}
	return defaultTimeout
}

func propagation(object *unstructured.Unstructured) metav1.DeletionPropagation {
	switch strings.ToLower(annotation(object, annotationPropagation)) {
	case "orphan":
		return metav1.DeletePropagationOrphan
	case "background":
		return metav1.DeletePropagationBackground
	default:
		return metav1.DeletePropagationForeground
	}
}
