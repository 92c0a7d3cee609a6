package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes/scheme"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// Update applies the new inputs to the object and waits for it. A preview is a dry run, unless the
// credentials do not allow one.
func (p *provider) Update(
	_ context.Context, request *pulumirpc.UpdateRequest,
) (*pulumirpc.UpdateResponse, error) {
	preview := request.GetPreview()
	if !preview && p.config.unreachable != "" {
		return nil, p.unreachableError()
	}
	news, oldState := wire.Decode(request.GetNews()), wire.Decode(request.GetOlds())
	object := normalized(objectOf(news))
	asGiven := &pulumirpc.UpdateResponse{Properties: request.GetNews()}
	if preview && (p.config.unreachable != "" || wire.HasUnknown(object.Object) || !p.cluster.serves(object)) {
		return asGiven, nil
	}

	oldInputs, oldLive := parseState(oldState)
	oldInputs = normalized(oldInputs)
	apiVersion := initialAPIVersion(oldState, oldInputs)
	oldManager, manager := p.fieldManager(oldState, oldInputs), p.fieldManager(oldState, object)
	log := p.engine.resource(request.GetUrn())

	client, err := p.cluster.resource(object)
	if err != nil {
		return nil, updateError(request.GetUrn(), err)
	}
	before, live, err := p.send(client, updating{
		object: object, old: pruned(oldLive, oldInputs), name: oldLive.GetName(),
		manager: manager, preview: preview, ignored: request.GetIgnoreChanges(),
	})
	if preview && apierrors.IsForbidden(err) {
		return asGiven, nil // the credentials only read
	}
	if err == nil && !preview {
		live, err = p.awaitReady(readiness{
			inputs: object, live: live, before: before, timeout: timeout(request.GetTimeout(), object), log: log,
		})
	}
	if err != nil {
		// What is in the cluster now goes into state, whether the update took effect or not.
		current, getErr := client.Get(context.WithoutCancel(p.operations), oldLive.GetName(), metav1.GetOptions{})
		if getErr != nil {
			return nil, errors.Join(updateError(request.GetUrn(), err), fmt.Errorf("unable to get cluster state: %w", getErr))
		}
		return nil, p.partial(objectID(current), fmt.Errorf(
			"the Kubernetes API server reported that %q failed to fully initialize or become live: %w",
			objectID(current), err), stateOf(object, current, news, apiVersion, manager), nil)
	}
	if preview {
		return &pulumirpc.UpdateResponse{
			Properties: p.properties(stateOf(object, live, news, apiVersion, manager)),
		}, nil
	}
	if p.config.serverSideApply && manager != oldManager {
		if err := p.relinquish(client, live, oldManager); err != nil {
			return nil, err
		}
	}
	return &pulumirpc.UpdateResponse{
		Properties: p.properties(stateOf(object, live, news, apiVersion, manager)),
	}, nil
}

func updateError(urn string, err error) error {
	if meta.IsNoMatchError(err) {
		return fmt.Errorf("update of resource %q failed because the Kubernetes API server "+
			"reported that the apiVersion for this resource does not exist. "+
			"Verify that any required CRDs have been created: %w", urn, err)
	}
	return fmt.Errorf("update of resource %q failed: %w", urn, err)
}

// updating is one change of an object.
type updating struct {
	object, old *unstructured.Unstructured
	name        string
	manager     string
	preview     bool
	ignored     []string
}

// send makes the change and returns the object before and after it.
func (p *provider) send(
	client dynamic.ResourceInterface, change updating,
) (before, after *unstructured.Unstructured, err error) {
	live, err := client.Get(p.operations, change.name, metav1.GetOptions{})
	if err != nil {
		return nil, nil, err
	}
	switch {
	case isDefinition(change.object):
		// Replaced as a whole: a definition's schema does not merge.
		change.object.SetResourceVersion(live.GetResourceVersion())
		after, err = client.Update(p.operations, change.object, metav1.UpdateOptions{
			FieldManager: change.manager, DryRun: dryRun(change.preview),
		})
		return live, after, err
	case !p.config.serverSideApply:
		after, err = p.patch(client, live, change)
		return live, after, err
	}
	current := live
	if !change.preview {
		if current, err = p.handOver(client, live, change.manager); err != nil {
			return live, nil, err
		}
	}
	if err := yieldIgnored(change.object, current, change.manager, change.ignored); err != nil {
		return live, nil, err
	}
	after, err = p.apply(client, change.object, change.manager, p.forced(change.object, current, change.preview), change.preview)
	return live, after, err
}

// patch is client-side apply: a three-way merge of the old inputs, the new ones and the object.
func (p *provider) patch(
	client dynamic.ResourceInterface, live *unstructured.Unstructured, change updating,
) (*unstructured.Unstructured, error) {
	old, err := json.Marshal(change.old.Object)
	if err != nil {
		return nil, err
	}
	wanted, err := json.Marshal(change.object.Object)
	if err != nil {
		return nil, err
	}
	current, err := json.Marshal(live.Object)
	if err != nil {
		return nil, err
	}
	options := metav1.PatchOptions{FieldManager: change.manager, DryRun: dryRun(change.preview)}
	if instance, err := scheme.Scheme.New(gvkOfObject(change.object)); err == nil {
		lists, err := strategicpatch.NewPatchMetaFromStruct(instance)
		if err != nil {
			return nil, err
		}
		patch, err := strategicpatch.CreateThreeWayMergePatch(old, wanted, current, lists, true)
		if err != nil {
			return nil, err
		}
		return client.Patch(p.operations, change.name, types.StrategicMergePatchType, patch, options)
	}
	patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(old, wanted, current)
	if err != nil {
		return nil, err
	}
	return client.Patch(p.operations, change.name, types.MergePatchType, patch, options)
}
