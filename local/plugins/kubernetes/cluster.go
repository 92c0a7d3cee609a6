package main

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// cluster is the connection to one Kubernetes API.
type cluster struct {
	client    dynamic.Interface
	discovery discovery.DiscoveryInterface
	mapper    *restmapper.DeferredDiscoveryRESTMapper
	// mapping guards the mapper, which forgets and fills its cache as a whole.
	mapping sync.Mutex
}

func newCluster(config *rest.Config) (*cluster, error) {
	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	client, err := dynamic.NewForConfigAndClient(config, httpClient)
	if err != nil {
		return nil, err
	}
	discoveryClient, err := discovery.NewDiscoveryClientForConfigAndClient(config, httpClient)
	if err != nil {
		return nil, err
	}
	return &cluster{
		client:    client,
		discovery: discoveryClient,
		mapper:    restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discoveryClient)),
	}, nil
}

// reach asks whether the API answers, and has the list of its types fetched meanwhile: every
// operation needs it, and the aggregated form is two requests.
func (c *cluster) reach(ctx context.Context) error {
	if err := c.discovery.RESTClient().Get().AbsPath("/version").Do(ctx).Error(); err != nil {
		return err
	}
	go func() { _, _ = c.lookUp(schema.GroupVersionKind{Version: "v1", Kind: "Namespace"}) }()
	return nil
}

func (c *cluster) lookUp(gvk schema.GroupVersionKind) (*meta.RESTMapping, error) {
	c.mapping.Lock()
	defer c.mapping.Unlock()
	return c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
}

// forget drops the list of types: a CustomResourceDefinition has been created.
func (c *cluster) forget() {
	c.mapping.Lock()
	defer c.mapping.Unlock()
	c.mapper.Reset()
}

func (c *cluster) serves(object *unstructured.Unstructured) bool {
	_, err := c.lookUp(gvkOfObject(object))
	return err == nil
}

// resource is the client for objects like this one.
func (c *cluster) resource(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	return c.kind(gvkOfObject(object), object.GetNamespace())
}

func (c *cluster) kind(gvk schema.GroupVersionKind, namespace string) (dynamic.ResourceInterface, error) {
	mapping, err := c.lookUp(gvk)
	if err != nil {
		return nil, err
	}
	resource := c.client.Resource(mapping.Resource)
	if mapping.Scope.Name() != meta.RESTScopeNameNamespace {
		return resource, nil
	}
	if namespace == "" {
		namespace = "default"
	}
	return resource.Namespace(namespace), nil
}

// core is the client of a well-known type.
func (c *cluster) well(group, kind, namespace string) (dynamic.ResourceInterface, error) {
	return c.kind(schema.GroupVersionKind{Group: group, Version: "v1", Kind: kind}, namespace)
}

// gvkOfObject takes `core/v1`, which some SDKs write, for `v1`.
func gvkOfObject(object *unstructured.Unstructured) schema.GroupVersionKind {
	gvk := object.GroupVersionKind()
	if gvk.Group == "core" {
		gvk.Group = ""
	}
	return gvk
}

// clusterScoped are Kubernetes' own types without a namespace. They are known here, so that a
// preview without a cluster is right for them.
var clusterScoped = map[schema.GroupKind]bool{
	{Group: "", Kind: "Namespace"}:                                                    true,
	{Group: "", Kind: "Node"}:                                                         true,
	{Group: "", Kind: "PersistentVolume"}:                                             true,
	{Group: "", Kind: "ComponentStatus"}:                                              true,
	{Group: "storage.k8s.io", Kind: "StorageClass"}:                                   true,
	{Group: "storage.k8s.io", Kind: "CSIDriver"}:                                      true,
	{Group: "storage.k8s.io", Kind: "CSINode"}:                                        true,
	{Group: "storage.k8s.io", Kind: "VolumeAttachment"}:                               true,
	{Group: "scheduling.k8s.io", Kind: "PriorityClass"}:                               true,
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"}:                         true,
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"}:                  true,
	{Group: "networking.k8s.io", Kind: "IngressClass"}:                                true,
	{Group: "node.k8s.io", Kind: "RuntimeClass"}:                                      true,
	{Group: "certificates.k8s.io", Kind: "CertificateSigningRequest"}:                 true,
	{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}:                 true,
	{Group: "apiregistration.k8s.io", Kind: "APIService"}:                             true,
	{Group: "admissionregistration.k8s.io", Kind: "MutatingWebhookConfiguration"}:     true,
	{Group: "admissionregistration.k8s.io", Kind: "ValidatingAdmissionPolicy"}:        true,
	{Group: "admissionregistration.k8s.io", Kind: "ValidatingWebhookConfiguration"}:   true,
	{Group: "admissionregistration.k8s.io", Kind: "ValidatingAdmissionPolicyBinding"}: true,
}

// isNamespaced says whether objects of the type live in a namespace; what nobody knows (a custom
// resource whose definition is still to come) is taken to.
func (p *provider) isNamespaced(gvk schema.GroupVersionKind) bool {
	if clusterScoped[gvk.GroupKind()] {
		return false
	}
	if typesKnown(gvk) || p.cluster == nil || p.config.unreachable != "" {
		return true
	}
	mapping, err := p.cluster.lookUp(gvk)
	return err != nil || mapping.Scope.Name() == meta.RESTScopeNameNamespace
}
