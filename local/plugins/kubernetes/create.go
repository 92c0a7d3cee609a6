package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// Create makes a new object and waits for it. A preview asks the server to try it, where the
// server allows that.
func (p *provider) Create(
	_ context.Context, request *pulumirpc.CreateRequest,
) (*pulumirpc.CreateResponse, error) {
	preview := request.GetPreview()
	if !preview && p.config.unreachable != "" {
		return nil, p.unreachableError()
	}
	inputs := wire.Decode(request.GetProperties())
	object := objectOf(inputs)
	asGiven := &pulumirpc.CreateResponse{Properties: request.GetProperties()}
	if preview && (!p.config.serverSideApply || p.config.unreachable != "" ||
		wire.HasUnknown(object.Object) || !p.cluster.serves(object)) {
		return asGiven, nil
	}

	manager := p.fieldManager(nil, object)
	log := p.engine.resource(request.GetUrn())
	live, err := p.createObject(object, manager, preview, log)
	if err != nil {
		if preview && previewCannotTell(err) {
			return asGiven, nil
		}
		return nil, creationError(request.GetUrn(), err)
	}
	if preview {
		// A status that is not the real one must not be read.
		delete(live.Object, "status")
		state := stateOf(object, live, inputs, object.GetAPIVersion(), manager)
		return &pulumirpc.CreateResponse{Properties: p.properties(state)}, nil
	}

	live, awaitErr := p.awaitReady(readiness{
		inputs: object, live: live, timeout: timeout(request.GetTimeout(), object), log: log,
	})
	state := stateOf(object, live, inputs, object.GetAPIVersion(), manager)
	if awaitErr != nil {
		return nil, p.partial(objectID(live), fmt.Errorf(
			"resource %q was successfully created, but the Kubernetes API server "+
				"reported that it failed to fully initialize or become live: %w", request.GetUrn(), awaitErr), state, nil)
	}
	if isDefinition(object) {
		p.cluster.forget()
	}
	return &pulumirpc.CreateResponse{Id: objectID(live), Properties: p.properties(state)}, nil
}

// createObject sends the request, again after a while when the namespace or the type is not there
// yet: the order in a program is not always the one of the cluster.
func (p *provider) createObject(
	object *unstructured.Unstructured, manager string, preview bool, log *resourceLog,
) (*unstructured.Unstructured, error) {
	wait := time.Second
	for attempt := 0; ; attempt++ {
		live, err := p.createOnce(object, manager, preview)
		switch {
		case err == nil:
			if attempt > 0 {
				log.status("")
			}
			return live, nil
		case preview && isMissingNamespace(err), attempt == 5,
			!apierrors.IsNotFound(err) && !meta.IsNoMatchError(err):
			return nil, err
		}
		log.status(fmt.Sprintf("Retry #%d; creation failed: %v", attempt, err))
		select {
		case <-p.operations.Done():
			return nil, err
		case <-time.After(wait):
			wait *= 2
		}
		if meta.IsNoMatchError(err) {
			p.cluster.forget()
		}
	}
}

func (p *provider) createOnce(
	object *unstructured.Unstructured, manager string, preview bool,
) (*unstructured.Unstructured, error) {
	client, err := p.cluster.resource(object)
	if err != nil {
		return nil, err
	}
	if p.config.serverSideApply && p.config.upsert {
		force := preview || p.config.patchForce || annotationIsTrue(object, annotationPatchForce)
		return p.apply(client, object, manager, force, preview)
	}
	// By POST, so that an object that is there already is not adopted. Its fields belong to a
	// manager of client-side updates until the first update hands them over (managers.go).
	return client.Create(p.operations, object, metav1.CreateOptions{
		FieldManager: csaManager, DryRun: dryRun(preview),
	})
}

func dryRun(preview bool) []string {
	if preview {
		return []string{metav1.DryRunAll}
	}
	return nil
}

func (p *provider) apply(
	client dynamic.ResourceInterface, object *unstructured.Unstructured, manager string, force, preview bool,
) (*unstructured.Unstructured, error) {
	live, err := client.Apply(p.operations, object.GetName(), object, metav1.ApplyOptions{
		FieldManager: manager, Force: force, DryRun: dryRun(preview),
	})
	return live, conflictError(err, manager)
}

// previewCannotTell are the refusals of a dry run that say nothing about the real run.
func previewCannotTell(err error) bool {
	return apierrors.IsForbidden(err) || // the credentials only read
		apierrors.IsAlreadyExists(err) || // a replacement deletes it first
		isMissingNamespace(err) || // the same program creates it
		apierrors.IsBadRequest(err) && strings.Contains(err.Error(), "does not support dry run")
}

func isMissingNamespace(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && apierrors.IsNotFound(err) &&
		status.Status().Details != nil && status.Status().Details.Kind == "namespaces"
}

func creationError(urn string, err error) error {
	switch {
	case meta.IsNoMatchError(err):
		gvk, _ := gvkOf(urn)
		return fmt.Errorf("creation of resource %q with kind %s failed because the Kubernetes API server "+
			"reported that the apiVersion for this resource does not exist. "+
			"Verify that any required CRDs have been created: %w",
			urn, gvk.GroupVersion().String()+"/"+gvk.Kind, err)
	case apierrors.IsAlreadyExists(err):
		err = fmt.Errorf("%w\n\nThe resource already exists in the cluster. Rename it with an alias, import it with "+
			"`pulumi import`, delete it, or set upsertExistingObjects on the provider to take it over", err)
	}
	return fmt.Errorf("resource %q was not successfully created by the Kubernetes API server: %w", urn, err)
}
