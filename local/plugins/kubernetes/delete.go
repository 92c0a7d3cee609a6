package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// Delete removes the object and waits until it is gone, finalizers included.
func (p *provider) Delete(
	_ context.Context, request *pulumirpc.DeleteRequest,
) (*emptypb.Empty, error) {
	log := p.engine.resource(request.GetUrn())
	if p.config.unreachable != "" {
		log.warn(p.unreachableError().Error())
		if p.config.deleteUnreachable {
			log.info("the `deleteUnreachable` option is enabled: deleting the unreachable resource from Pulumi state")
			return &emptypb.Empty{}, nil
		}
		return nil, errors.New("configured Kubernetes cluster is unreachable. If the cluster was deleted, " +
			"you can remove this resource from Pulumi state by rerunning the operation with the " +
			"PULUMI_K8S_DELETE_UNREACHABLE environment variable set to \"true\"")
	}
	oldState := wire.Decode(request.GetProperties())
	inputs, object := parseState(oldState)
	_, name := parseID(request.GetId())

	client, err := p.cluster.resource(object)
	if err == nil {
		policy := propagation(inputs)
		err = client.Delete(p.operations, name, metav1.DeleteOptions{PropagationPolicy: &policy})
	}
	if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
		return &emptypb.Empty{}, nil // it, or its type, is gone already
	}
	if err != nil {
		return nil, err
	}
	if annotationIsTrue(inputs, annotationSkipAwait) && mayLeaveDeleting(inputs) {
		return &emptypb.Empty{}, nil
	}

	ctx, cancel := context.WithTimeout(p.operations, timeout(request.GetTimeout(), inputs))
	defer cancel()
	last, err := awaitGone(ctx, client, object, name, log)
	if err != nil {
		state := stateOf(inputs, last, oldState, initialAPIVersion(oldState, inputs), p.fieldManager(oldState, inputs))
		return nil, p.partial(objectID(last), err, state, nil)
	}
	log.status("")
	return &emptypb.Empty{}, nil
}

// mayLeaveDeleting are the types for which skipAwait holds for deletion, too.
func mayLeaveDeleting(object *unstructured.Unstructured) bool {
	gvk := gvkOfObject(object)
	switch gvk.Group + "/" + gvk.Kind {
	case "/Namespace", "/Pod", "/ReplicationController",
		"apps/DaemonSet", "apps/Deployment", "apps/StatefulSet", "batch/Job":
		return true
	}
	return false
}

// awaitGone watches the object until it is deleted, and returns it as it was seen last.
func awaitGone(
	ctx context.Context, client dynamic.ResourceInterface, object *unstructured.Unstructured, name string, log *resourceLog,
) (*unstructured.Unstructured, error) {
	last := object
	deleted := false
	err := follow(ctx, client, name, func(kind watch.EventType, live *unstructured.Unstructured) (bool, error) {
		if kind == watch.Deleted {
			deleted = true
			return true, nil
		}
		// An object of the name that has another UID is a new one: ours is gone.
		if object.GetUID() != "" && live.GetUID() != object.GetUID() {
			deleted = true
			return true, nil
		}
		last = live
		log.status("Resource scheduled for deletion")
		return false, nil
	})
	if deleted {
		return nil, nil
	}
	if finalizers := last.GetFinalizers(); len(finalizers) > 0 {
		log.warn(fmt.Sprintf("finalizers might be preventing deletion (%s)", strings.Join(finalizers, ", ")))
	}
	if ctx.Err() != nil {
		err = errors.New("timed out waiting for the condition")
		if errors.Is(ctx.Err(), context.Canceled) {
			err = context.Canceled
		}
	}
	return last, err
}
