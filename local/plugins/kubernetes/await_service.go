package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
)

// settleTime is how long the endpoints of a Service must have been the same: pods come one by one.
const settleTime = 10 * time.Second

// endpoints is what is known of a Service's addresses.
type endpoints struct {
	seen, ready, pending bool
}

func endpointsOf(object *unstructured.Unstructured) endpoints {
	found := endpoints{seen: true}
	//nolint:staticcheck // deprecated since 1.33, and what the real plugin looks at
	var typedEndpoints corev1.Endpoints
	if typed(object, &typedEndpoints) != nil {
		return found
	}
	for _, subset := range typedEndpoints.Subsets {
		found.ready = found.ready || len(subset.Addresses) > 0
		found.pending = found.pending || len(subset.NotReadyAddresses) > 0
	}
	return found
}

func serviceType(service *unstructured.Unstructured) string {
	kind, _, _ := unstructured.NestedString(service.Object, "spec", "type")
	return kind
}

// waitsForPods: a Service that is headless, external or without a selector is ready without any.
func waitsForPods(service *unstructured.Unstructured) bool {
	ip, _, _ := unstructured.NestedString(service.Object, "spec", "clusterIP")
	selector, _, _ := unstructured.NestedMap(service.Object, "spec", "selector")
	return serviceType(service) != string(corev1.ServiceTypeExternalName) && ip != corev1.ClusterIPNone && len(selector) > 0
}

func hasAddress(service *unstructured.Unstructured) bool {
	if serviceType(service) != string(corev1.ServiceTypeLoadBalancer) {
		return true
	}
	ingress, _, _ := unstructured.NestedSlice(service.Object, "status", "loadBalancer", "ingress")
	return len(ingress) > 0
}

// serviceVerdict judges a Service whose endpoints have settled, or have not.
func serviceVerdict(service *unstructured.Unstructured, found endpoints, settled bool) verdict {
	if !waitsForPods(service) {
		if hasAddress(service) {
			return verdict{ready: true}
		}
	} else if hasAddress(service) && settled && !found.pending {
		return verdict{ready: true}
	}
	result := verdict{status: "[1/3] Finding Pods to direct traffic to"}
	if settled && found.ready {
		result.status = "[2/3] Attempting to allocate IP address to Service"
	}
	if waitsForPods(service) && !found.ready {
		result.problems = append(result.problems, "Service does not target any Pods. Selected Pods may not be ready, or "+
			"field '.spec.selector' may not match labels on any Pods")
	}
	if !hasAddress(service) {
		result.problems = append(result.problems, "Service was not allocated an IP address; does your cloud provider support this?")
	}
	return result
}

// serviceNow judges a Service at once.
func (p *provider) serviceNow(ctx context.Context, live *unstructured.Unstructured) verdict {
	found := endpoints{}
	if client, err := p.cluster.well("", "Endpoints", live.GetNamespace()); err == nil {
		if object, err := client.Get(ctx, live.GetName(), metav1.GetOptions{}); err == nil {
			found = endpointsOf(object)
		}
	}
	return serviceVerdict(live, found, true)
}

// awaitService waits until the endpoints have not changed for a while and none is pending.
func (p *provider) awaitService(r readiness) (*unstructured.Unstructured, error) {
	if now := serviceVerdict(r.live, endpoints{}, false); now.ready {
		return r.live, nil
	}
	ctx, cancel := context.WithTimeout(p.operations, r.timeout)
	defer cancel()
	service, err := p.cluster.well("", "Service", r.live.GetNamespace())
	if err != nil {
		return r.live, err
	}
	addresses, err := p.cluster.well("", "Endpoints", r.live.GetNamespace())
	if err != nil {
		return r.live, err
	}
	services, founds := make(chan *unstructured.Unstructured), make(chan endpoints)
	go func() {
		_ = follow(ctx, service, r.live.GetName(), func(kind watch.EventType, live *unstructured.Unstructured) (bool, error) {
			if kind == watch.Deleted {
				return false, nil
			}
			select {
			case services <- live:
			case <-ctx.Done():
			}
			return false, nil
		})
	}()
	go func() {
		_ = follow(ctx, addresses, r.live.GetName(), func(kind watch.EventType, object *unstructured.Unstructured) (bool, error) {
			found := endpoints{}
			if kind != watch.Deleted {
				found = endpointsOf(object)
			}
			select {
			case founds <- found:
			case <-ctx.Done():
			}
			return false, nil
		})
	}()

	live, found, settled := r.live, endpoints{}, false
	var settle <-chan time.Time
	for {
		now := serviceVerdict(live, found, settled)
		if now.ready {
			r.log.status("")
			return live, nil
		}
		r.log.status(now.status)
		select {
		case <-ctx.Done():
			// The last word: an address and nothing pending is enough.
			if hasAddress(live) && !found.pending {
				return live, nil
			}
			return live, p.notReady(ctx, live, now.problems)
		case live = <-services:
		case latest := <-founds:
			if !latest.seen {
				continue // the controller has not made them yet
			}
			found, settled, settle = latest, false, time.After(settleTime)
		case <-settle:
			settled = true
		}
	}
}

// awaitClaim waits until a claim is bound; one whose class binds late is ready while it is pending.
func (p *provider) awaitClaim(r readiness) (*unstructured.Unstructured, error) {
	ctx, cancel := context.WithTimeout(p.operations, 5*time.Minute)
	defer cancel()
	client, err := p.cluster.resource(r.live)
	if err != nil {
		return r.live, err
	}
	live, late := r.live, ""
	err = follow(ctx, client, r.live.GetName(), func(kind watch.EventType, claim *unstructured.Unstructured) (bool, error) {
		if kind == watch.Deleted {
			return false, fmt.Errorf("persistentvolumeclaims %q not found", r.live.GetName())
		}
		live = claim
		if late == "" {
			late = p.bindingMode(ctx, claim, r.log)
		}
		phase, _, _ := unstructured.NestedString(claim.Object, "status", "phase")
		switch {
		case r.before != nil && phase == string(corev1.ClaimBound):
			return true, nil
		case late == "WaitForFirstConsumer":
			return phase == string(corev1.ClaimPending), nil
		}
		return phase == string(corev1.ClaimBound), nil
	})
	switch {
	case err == nil:
		r.log.status("")
		return live, nil
	case p.operations.Err() != nil:
		return live, &unfinished{message: fmt.Sprintf("Resource operation was cancelled for '%s'", live.GetName()), object: live}
	case ctx.Err() != nil:
		return live, &unfinished{message: fmt.Sprintf("Timeout occurred polling for '%s'", live.GetName()), object: live}
	}
	return live, err
}

func (p *provider) bindingMode(ctx context.Context, claim *unstructured.Unstructured, log *resourceLog) string {
	name, _, _ := unstructured.NestedString(claim.Object, "spec", "storageClassName")
	if name == "" {
		log.statusWarning(fmt.Sprintf("no storage class found for %q", claim.GetName()))
		return ""
	}
	client, err := p.cluster.well("storage.k8s.io", "StorageClass", "")
	if err != nil {
		return ""
	}
	class, err := client.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		log.statusWarning(fmt.Sprintf("getting storageclass %q: %v", name, err))
		return ""
	}
	mode, _ := class.Object["volumeBindingMode"].(string)
	return mode
}
