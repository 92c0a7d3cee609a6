package main

import (
	"context"
	"errors"
	"regexp"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

var helmTestHooks = regexp.MustCompile(`test|test-success|test-failure`)

// Check completes the inputs (name, namespace) and brings them into the server's form. Whether
// the object is valid is left to the server, which a preview asks in Create and Update.
func (p *provider) Check(
	_ context.Context, request *pulumirpc.CheckRequest,
) (*pulumirpc.CheckResponse, error) {
	log := p.engine.resource(request.GetUrn())
	if p.config.unreachable != "" && p.config.skipUpdateUnreachable {
		log.warn("Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping...")
		return &pulumirpc.CheckResponse{Inputs: request.GetOlds()}, nil
	}
	gvk, err := gvkOf(request.GetUrn())
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(gvk.Kind, "List") && typesKnown(gvk) {
		return nil, errors.New("list resources exist for compatibility with YAML manifests and Helm charts, " +
			"and cannot be created directly. Use the underlying resource type instead")
	}
	if strings.HasSuffix(gvk.Kind, "Patch") {
		return nil, errors.New("patch resources are not supported by the stand-in kubernetes plugin: " +
			"use the real one where its download can be reached")
	}

	news := wire.Decode(request.GetNews())
	object := normalized(objectOf(news))
	old := objectOf(wire.Decode(request.GetOlds()))
	warnOfAnnotations(log, object, p.config.suppressHelmHookWarning)
	if err := p.complete(object, old, request); err != nil {
		return nil, err
	}
	if usesGenerateName(object) && p.config.serverSideApply {
		return nil, errors.New("the `.metadata.generateName` field is not supported in Server-Side Apply mode")
	}
	if p.config.namespace != "" && object.GetNamespace() == "" && p.isNamespaced(gvk) {
		if !namespaceIsUnknown(object) {
			setMetadata(object, "namespace", p.config.namespace)
		}
	}

	inputs := renamed(object.Object, underscored).(map[string]any)
	markSecrets(inputs, news)
	return &pulumirpc.CheckResponse{Inputs: p.properties(inputs)}, nil
}

// complete gives the object its name, and with client-side apply the label of what Pulumi manages.
func (p *provider) complete(
	object, old *unstructured.Unstructured, request *pulumirpc.CheckRequest,
) error {
	if len(old.Object) > 0 {
		keepName(object, old)
		// Only where it is: adding it would change an object that is only imported.
		if old.GetLabels()[labelManagedBy] == "pulumi" {
			setLabel(object, labelManagedBy, "pulumi")
		}
		return nil
	}
	if err := assignName(object, request); err != nil {
		return err
	}
	if !p.config.serverSideApply {
		setLabel(object, labelManagedBy, "pulumi")
	}
	return nil
}

// namespaceIsUnknown keeps the default from taking the place of a namespace that is still to come.
func namespaceIsUnknown(object *unstructured.Unstructured) bool {
	metadata, ok := object.Object["metadata"].(map[string]any)
	if !ok {
		_, is := object.Object["metadata"].(wire.Unknown)
		return is
	}
	_, is := metadata["namespace"].(wire.Unknown)
	return is
}

func warnOfAnnotations(log *resourceLog, object *unstructured.Unstructured, suppressHelm bool) {
	metadata, _ := object.Object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	for key, value := range annotations {
		if strings.HasPrefix(key, annotationAutonamed) {
			log.warn("ignoring user-specified value for internal annotation \"" + key + "\"")
		}
		text, _ := value.(string)
		if strings.HasPrefix(key, "helm.sh/hook") && helmTestHooks.MatchString(text) && !suppressHelm {
			log.warn("This resource contains Helm hooks that are not currently supported by Pulumi. " +
				"The resource will be created, but any hooks will not be executed.")
		}
	}
}
