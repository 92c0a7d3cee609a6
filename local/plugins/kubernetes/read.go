package main

import (
	"context"
	"errors"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// gone tells the engine to drop the resource from state.
var gone = &pulumirpc.ReadResponse{}

// Read fetches the object: for refresh with what is in state, for import and .get with an id alone.
func (p *provider) Read(
	_ context.Context, request *pulumirpc.ReadRequest,
) (*pulumirpc.ReadResponse, error) {
	log := p.engine.resource(request.GetUrn())
	if p.config.unreachable != "" {
		return p.readUnreachable(request, log)
	}
	namespace, name := parseID(request.GetId())
	if name == "" {
		return nil, fmt.Errorf("the id %q of %s is neither NAME nor NAMESPACE/NAME", request.GetId(), request.GetUrn())
	}
	oldState, marks := wire.Decode(request.GetProperties()), wire.Decode(request.GetInputs())
	inputs := normalized(objectOf(marks))
	_, oldLive := parseState(oldState)
	imported := false
	if inputs.GroupVersionKind().Empty() {
		gvk := oldLive.GroupVersionKind()
		if gvk.Empty() {
			var err error
			if gvk, err = gvkOf(request.GetUrn()); err != nil {
				return nil, err
			}
			imported = true
		}
		inputs.SetGroupVersionKind(gvk)
		if inputs.GetName() == "" {
			inputs.SetName(name)
		}
		if inputs.GetNamespace() == "" && namespace != "" {
			inputs.SetNamespace(namespace)
		}
	}
	apiVersion := initialAPIVersion(oldState, inputs)
	manager := p.fieldManager(oldState, inputs)

	live, readErr := p.readObject(inputs, name, imported, log)
	if readErr != nil {
		if meta.IsNoMatchError(readErr) || apierrors.IsNotFound(readErr) {
			return gone, nil
		}
		var failed *unfinished
		if !errors.As(readErr, &failed) {
			return nil, readErr
		}
		live = failed.object
	}

	liveInputs := pruned(live, inputs)
	if imported {
		liveInputs = importedInputs(live)
	}
	state := stateOf(liveInputs, live, marks, apiVersion, manager)
	inputState := renamed(liveInputs.Object, underscored).(map[string]any)
	markSecrets(inputState, marks)
	if readErr != nil {
		return nil, p.partial(request.GetId(), readErr, state, inputState)
	}
	return &pulumirpc.ReadResponse{
		Id: request.GetId(), Properties: p.properties(state), Inputs: p.properties(inputState),
	}, nil
}

func (p *provider) readUnreachable(
	request *pulumirpc.ReadRequest, log *resourceLog,
) (*pulumirpc.ReadResponse, error) {
	log.warn(p.unreachableError().Error())
	switch {
	case p.config.deleteUnreachable:
		log.info("the `deleteUnreachable` option is enabled: deleting the unreachable resource from Pulumi state")
		return gone, nil
	case p.config.skipUpdateUnreachable:
		log.info("the `skipUpdateUnreachable` option is enabled: the returned data may not be the cluster's")
		return &pulumirpc.ReadResponse{
			Id: request.GetId(), Properties: request.GetProperties(), Inputs: request.GetInputs(),
		}, nil
	}
	return nil, errors.New("failed to read resource state due to unreachable cluster. If the cluster was " +
		"deleted, you can remove this resource from Pulumi state by rerunning the operation with the " +
		"PULUMI_K8S_DELETE_UNREACHABLE environment variable set to \"true\"")
}

// readObject gets the object, and says when it is not ready: a refresh records that.
func (p *provider) readObject(
	inputs *unstructured.Unstructured, name string, imported bool, log *resourceLog,
) (*unstructured.Unstructured, error) {
	client, err := p.cluster.resource(inputs)
	if err != nil {
		return nil, err
	}
	live, err := client.Get(p.operations, name, metav1.GetOptions{})
	if err != nil || imported || annotationIsTrue(inputs, annotationSkipAwait) {
		return live, err
	}
	return live, p.checkReady(live, log)
}

// importedInputs are the fields that a program would have to write for the object to be as it is.
func importedInputs(live *unstructured.Unstructured) *unstructured.Unstructured {
	inputs := live.DeepCopy()
	delete(inputs.Object, "status")
	for _, field := range []string{"creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"} {
		unstructured.RemoveNestedField(inputs.Object, "metadata", field)
	}
	unstructured.RemoveNestedField(inputs.Object, "metadata", "annotations", "deployment.kubernetes.io/revision")
	unstructured.RemoveNestedField(inputs.Object, "metadata", "annotations", annotationLastApplied)
	return inputs
}
