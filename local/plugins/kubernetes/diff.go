package main

import (
	"context"
	"sort"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// Diff compares the new inputs with the object in Pulumi's state, as far as the old inputs set it.
// The cluster is not asked: drift is seen after a refresh only.
func (p *provider) Diff(
	_ context.Context, request *pulumirpc.DiffRequest,
) (*pulumirpc.DiffResponse, error) {
	object := normalized(objectOf(wire.Decode(request.GetNews())))
	oldInputs, oldLive := parseState(wire.Decode(request.GetOlds()))
	old := p.comparable(pruned(oldLive, normalized(oldInputs)), object, oldLive)

	changes := diffOf(old.Object, object.Object, p.forceNew(object))
	for _, text := range request.GetIgnoreChanges() {
		ignored, err := parsePath(text)
		if err != nil {
			return nil, err
		}
		for changed := range changes {
			if path, err := parsePath(changed); err == nil && contains(ignored, path) {
				delete(changes, changed)
			}
		}
	}

	response := &pulumirpc.DiffResponse{
		Changes: pulumirpc.DiffResponse_DIFF_NONE, DetailedDiff: changes, HasDetailedDiff: true,
	}
	for path, change := range changes {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		switch change.GetKind() {
		case pulumirpc.PropertyDiff_ADD_REPLACE, pulumirpc.PropertyDiff_UPDATE_REPLACE, pulumirpc.PropertyDiff_DELETE_REPLACE:
			response.Replaces = append(response.Replaces, path)
		case pulumirpc.PropertyDiff_DELETE:
			if path == "metadata" {
				response.Replaces = append(response.Replaces, path)
			}
		}
	}
	if p.jobIsUnready(object, oldLive, request.GetUrn()) {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		response.Replaces = append(response.Replaces, `.metadata.annotations["`+annotationReplaceUnready+`"]`)
	}
	sort.Strings(response.Replaces)
	// Two objects of one name cannot exist beside each other.
	response.DeleteBeforeReplace = len(response.Replaces) > 0 &&
		isNamed(object) && !annotationIsTrue(object, annotationAutonamed) &&
		object.GetName() == oldLive.GetName() && object.GetNamespace() == oldLive.GetNamespace()
	return response, nil
}

// comparable prepares both sides: the same namespace for the same place, the name that there is.
func (p *provider) comparable(old, object, oldLive *unstructured.Unstructured) *unstructured.Unstructured {
	if p.isNamespaced(gvkOfObject(object)) {
		if !namespaceIsUnknown(object) && object.GetNamespace() == "" {
			setMetadata(object, "namespace", "default")
		}
		if old.GetNamespace() == "" {
			setMetadata(old, "namespace", "default")
		}
	} else {
		unstructured.RemoveNestedField(old.Object, "metadata", "namespace")
		unstructured.RemoveNestedField(object.Object, "metadata", "namespace")
	}
	if old.GroupVersionKind().Empty() {
		old.SetGroupVersionKind(object.GroupVersionKind())
	}
	if p.config.serverSideApply {
		unstructured.RemoveNestedField(old.Object, "metadata", "resourceVersion")
	}
	// So that a program can write down a name that had been generated.
	if object.GetName() != "" {
		setMetadata(old, "name", oldLive.GetName())
	}
	return old
}

// jobIsUnready serves pulumi.com/replaceUnready: a Job that has not succeeded is made anew.
func (p *provider) jobIsUnready(object, oldLive *unstructured.Unstructured, urn string) bool {
	if !annotationIsTrue(object, annotationReplaceUnready) {
		return false
	}
	log := p.engine.resource(urn)
	if p.cluster == nil || p.config.unreachable != "" {
		log.warn("Cluster is unreachable, skipping replaceUnready check")
		return false
	}
	if object.GetKind() != "Job" {
		log.warn("replaceUnready annotation is not supported for this resource")
		return false
	}
	client, err := p.cluster.resource(oldLive)
	if err != nil {
		return false
	}
	live, err := client.Get(p.operations, oldLive.GetName(), metav1.GetOptions{})
	if err != nil {
		return false
	}
	var job batchv1.Job
	return typed(live, &job) == nil && !jobSucceeded(&job)
}
