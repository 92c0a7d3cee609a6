package main

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// statefulSetCheck: all replicas exist, are ready and of the current revision; with OnDelete an
// update is done when all are ready, of whatever revision.
func (p *provider) statefulSetCheck(generation int64) check {
	return func(ctx context.Context, live *unstructured.Unstructured) verdict {
		var set appsv1.StatefulSet
		if typed(live, &set) != nil {
			return verdict{}
		}
		wanted := int64(0)
		if set.Spec.Replicas != nil {
			wanted = int64(*set.Spec.Replicas)
		}
		status := set.Status
		// What the controller has not looked at yet says nothing.
		observed := set.Generation >= generation && set.Generation > 0 && status.ObservedGeneration >= set.Generation
		ready, revision := false, false
		if observed {
			ready = wanted == int64(status.Replicas) && wanted == int64(status.ReadyReplicas)
			if set.Generation > 1 && set.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType {
				revision = true
			} else {
				revision = status.CurrentRevision != "" && status.CurrentRevision == status.UpdateRevision
				ready = ready && wanted == int64(status.CurrentReplicas)
			}
		}
		if ready && revision {
			return verdict{ready: true}
		}
		current := int64(status.ReadyReplicas)
		if !revision {
			current = min(current, int64(status.UpdatedReplicas))
		}
		result := verdict{}
		switch {
		case set.Generation <= 1:
			result.status = fmt.Sprintf("[1/2] Waiting for StatefulSet to create Pods (%d/%d Pods ready)", current, wanted)
		case !ready:
			result.status = fmt.Sprintf("[1/3] Waiting for StatefulSet update to roll out (%d/%d Pods ready)", current, wanted)
		default:
			result.status = "[2/3] Waiting for StatefulSet to update .status.currentRevision"
		}
		if !ready {
			result.problems = append(result.problems,
				fmt.Sprintf("%d out of %d replicas succeeded readiness checks", current, wanted))
		}
		if !revision {
			result.problems = append(result.problems, fmt.Sprintf(
				"StatefulSet controller failed to advance from revision %q to revision %q",
				status.CurrentRevision, status.UpdateRevision))
		}
		result.problems = append(result.problems, p.problemsOfPods(ctx, live.GetUID(), live.GetNamespace())...)
		return result
	}
}

func daemonSetCheck(generation int64) check {
	return func(_ context.Context, live *unstructured.Unstructured) verdict {
		var set appsv1.DaemonSet
		if typed(live, &set) != nil {
			return verdict{}
		}
		status := set.Status
		observed := set.Generation >= generation && status.ObservedGeneration >= set.Generation
		updated := set.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType ||
			status.UpdatedNumberScheduled >= status.DesiredNumberScheduled
		if observed && updated && status.NumberAvailable >= status.DesiredNumberScheduled {
			return verdict{ready: true}
		}
		text := fmt.Sprintf("%d out of %d pods are available", status.NumberAvailable, status.DesiredNumberScheduled)
		return verdict{status: "Waiting for DaemonSet: " + text, problems: []string{text}}
	}
}

func replicationControllerCheck(_ context.Context, live *unstructured.Unstructured) verdict {
	var controller corev1.ReplicationController
	if typed(live, &controller) != nil {
		return verdict{}
	}
	wanted := int32(1)
	if controller.Spec.Replicas != nil {
		wanted = *controller.Spec.Replicas
	}
	return verdict{ready: controller.Status.AvailableReplicas == wanted}
}
