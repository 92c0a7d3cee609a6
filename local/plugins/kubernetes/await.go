package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
)

// readiness is one wait for an object after a creation or an update.
type readiness struct {
	inputs, live *unstructured.Unstructured
	// before is the object before an update, nil after a creation.
	before  *unstructured.Unstructured
	timeout time.Duration
	log     *resourceLog
}

// verdict is what a check says of an object at one moment.
type verdict struct {
	ready bool
	// status is shown while the object is not ready.
	status string
	// problems are the reasons given when the wait ends without success.
	problems []string
	// failed means that waiting on is useless.
	failed bool
}

// check looks at an object, and at what belongs to it in the cluster.
type check func(ctx context.Context, live *unstructured.Unstructured) verdict

// checkInterval is how often an object is judged again although it has not changed: what it
// depends on may have.
const checkInterval = time.Second

// checkFor is the check of a type; nil for one that is ready when it exists.
func (p *provider) checkFor(live, before *unstructured.Unstructured) check {
	gvk := gvkOfObject(live)
	switch gvk.Group + "/" + gvk.Kind {
	case "apps/StatefulSet":
		return p.statefulSetCheck(live.GetGeneration())
	case "apps/Deployment":
		return p.deploymentCheck(live.GetGeneration(), before)
	case "apps/DaemonSet":
		return daemonSetCheck(live.GetGeneration())
	case "batch/Job":
		return p.jobCheck
	case "/Pod":
		return podCheck
	case "/PersistentVolume":
		return volumeCheck
	case "/ReplicationController":
		return replicationControllerCheck
	case "/ResourceQuota":
		return quotaCheck
	case "/Secret":
		if kind, _ := live.Object["type"].(string); kind == "kubernetes.io/service-account-token" {
			return tokenCheck
		}
	}
	return nil
}

// awaitReady waits until the object is ready and returns it as it is then. On an error the object
// is returned as it was seen last.
func (p *provider) awaitReady(r readiness) (*unstructured.Unstructured, error) {
	if annotationIsTrue(r.inputs, annotationSkipAwait) {
		r.log.status("Skipping await logic")
		return r.live, nil
	}
	if text := annotation(r.live, annotationWaitFor); text != "" {
		wanted, err := parseWaitFor(text)
		if err != nil {
			return r.live, err
		}
		return p.awaitCheck(r, wanted)
	}
	gvk := gvkOfObject(r.live)
	switch gvk.Group + "/" + gvk.Kind {
	case "/Service":
		return p.awaitService(r)
	case "/PersistentVolumeClaim":
		return p.awaitClaim(r)
	}
	judge := p.checkFor(r.live, r.before)
	if judge == nil {
		return r.live, nil
	}
	if gvk.Kind == "PersistentVolume" {
		r.timeout = min(r.timeout, 5*time.Minute)
	}
	return p.awaitCheck(r, judge)
}

// awaitCheck follows the object until the check is content.
func (p *provider) awaitCheck(r readiness, judge check) (*unstructured.Unstructured, error) {
	ctx, cancel := context.WithTimeout(p.operations, r.timeout)
	defer cancel()
	client, err := p.cluster.resource(r.live)
	if err != nil {
		return r.live, err
	}
	changes := make(chan *unstructured.Unstructured)
	ended := make(chan error, 1)
	go func() {
		ended <- follow(ctx, client, r.live.GetName(), func(kind watch.EventType, live *unstructured.Unstructured) (bool, error) {
			if kind == watch.Deleted {
				return false, nil // it may be made again; else the time runs out
			}
			select {
			case changes <- live:
			case <-ctx.Done():
			}
			return false, nil
		})
	}()
	live := r.live
	last := verdict{}
	ticker := time.NewTicker(checkInterval)
	defer ticker.Stop()
	events := p.newEventReporter(r.live, r.log)
	for judged := false; ; {
		select {
		case <-ctx.Done():
			return live, p.notReady(ctx, live, last.problems)
		case err := <-ended:
			if ctx.Err() != nil {
				return live, p.notReady(ctx, live, last.problems)
			}
			return live, err
		case live = <-changes:
		case <-ticker.C:
			events.report(ctx)
			if !judged {
				continue // the first look at the object is still to come
			}
		}
		judged = true
		last = p.judged(judge, live)
		switch {
		case last.ready:
			r.log.status("")
			return live, nil
		case last.failed:
			return live, &unfinished{
				message: fmt.Sprintf("Resource '%s' was created but failed to initialize", live.GetName()),
				object:  live, details: last.problems,
			}
		case last.status != "":
			r.log.status(last.status)
		}
	}
}

// judged gives a check time of its own: one that the end of the wait cuts short would lose the reasons.
func (p *provider) judged(judge check, live *unstructured.Unstructured) verdict {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.operations), 5*time.Second)
	defer cancel()
	return judge(ctx, live)
}

// notReady is the error of a wait that was ended by the clock or by the engine.
func (p *provider) notReady(ctx context.Context, live *unstructured.Unstructured, problems []string) error {
	message := fmt.Sprintf("'%s' timed out waiting to be Ready", live.GetName())
	if errors.Is(ctx.Err(), context.Canceled) {
		message = fmt.Sprintf("Resource operation was cancelled for %q", live.GetName())
	}
	return &unfinished{message: message, object: live, details: problems}
}

// checkReady judges an object at once, for a refresh.
func (p *provider) checkReady(live *unstructured.Unstructured, log *resourceLog) error {
	var now verdict
	gvk := gvkOfObject(live)
	if gvk.Group == "" && gvk.Kind == "Service" {
		now = p.serviceNow(p.operations, live)
	} else {
		// Volumes, quotas, tokens and replication controllers are not judged by a refresh.
		judge := p.checkFor(live, nil)
		switch gvk.Kind {
		case "StatefulSet", "Deployment", "DaemonSet", "Job", "Pod":
		default:
			judge = nil
		}
		if judge == nil {
			return nil
		}
		now = p.judged(judge, live)
	}
	if now.ready {
		log.status("")
		return nil
	}
	return &unfinished{
		message: fmt.Sprintf("Resource '%s' was created but failed to initialize", live.GetName()),
		object:  live, details: now.problems,
	}
}

// eventReporter shows the cluster's own warnings about an object while it is waited for.
type eventReporter struct {
	provider *provider
	object   *unstructured.Unstructured
	log      *resourceLog
	seen     map[string]bool
}

func (p *provider) newEventReporter(object *unstructured.Unstructured, log *resourceLog) *eventReporter {
	return &eventReporter{provider: p, object: object, log: log, seen: map[string]bool{}}
}

func (e *eventReporter) report(ctx context.Context) {
	client, err := e.provider.cluster.well("", "Event", e.object.GetNamespace())
	if err != nil {
		return
	}
	list, err := client.List(ctx, metav1.ListOptions{
		FieldSelector: "type=Warning,involvedObject.uid=" + string(e.object.GetUID()),
	})
	if err != nil {
		return // it is an extra, and the right to list events may be missing
	}
	for _, event := range list.Items {
		reason, _, _ := unstructured.NestedString(event.Object, "reason")
		message, _, _ := unstructured.NestedString(event.Object, "message")
		if line := reason + ": " + message; !e.seen[line] {
			e.seen[line] = true
			e.log.statusWarning(line)
		}
	}
}
