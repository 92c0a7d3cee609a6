package main

import (
	"context"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const annotationRevision = "deployment.kubernetes.io/revision"

// deploymentCheck: the Deployment is available, and the ReplicaSet of its revision has the pods
// that it wants ready.
func (p *provider) deploymentCheck(generation int64, before *unstructured.Unstructured) check {
	return func(ctx context.Context, live *unstructured.Unstructured) verdict {
		var deployment appsv1.Deployment
		if typed(live, &deployment) != nil {
			return verdict{}
		}
		revision := live.GetAnnotations()[annotationRevision]
		observed := deployment.Generation >= generation &&
			deployment.Status.ObservedGeneration == deployment.Generation && revision != ""
		available, progressed, problems := deploymentConditions(&deployment)

		set := p.replicaSet(ctx, live, revision)
		setReady, wanted, ready := false, int32(1), int32(0)
		if set != nil {
			if set.Spec.Replicas != nil {
				wanted = *set.Spec.Replicas
			}
			ready = set.Status.ReadyReplicas
			setReady = ready >= wanted
		}
		unbound := p.unboundClaims(ctx, &deployment)
		// The first revision has no rollout, and so no progress to report.
		rolledOut := revision == "1" || progressed
		if observed && available && rolledOut && setReady && len(unbound) == 0 {
			return verdict{ready: true}
		}
		if len(unbound) > 0 {
			problems = append(problems, fmt.Sprintf("Failed to bind PersistentVolumeClaim(s): %q", strings.Join(unbound, ",")))
		}
		switch {
		case !available:
			problems = append(problems, "Minimum number of live Pods was not attained")
		case !rolledOut || revision == "1" && !setReady:
			problems = append(problems, "Minimum number of Pods to consider the application live was not attained")
		case !setReady:
			problems = append(problems, "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live")
		}
		if set != nil {
			problems = append(problems, p.problemsOfPods(ctx, set.UID, live.GetNamespace())...)
		}
		return verdict{
			status:   fmt.Sprintf("Waiting for app ReplicaSet to be available (%d/%d Pods available)", ready, wanted),
			problems: problems,
		}
	}
}

func deploymentConditions(deployment *appsv1.Deployment) (available, progressed bool, problems []string) {
	for _, condition := range deployment.Status.Conditions {
		isTrue := condition.Status == corev1.ConditionTrue
		switch condition.Type {
		case appsv1.DeploymentAvailable:
			available = isTrue
		case appsv1.DeploymentProgressing:
			progressed = isTrue && condition.Reason == "NewReplicaSetAvailable"
		default:
			continue
		}
		if !isTrue && condition.Reason != "" {
			problems = append(problems, fmt.Sprintf("[%s] %s", condition.Reason, condition.Message))
		}
	}
	return available, progressed, problems
}

func (p *provider) replicaSet(ctx context.Context, owner *unstructured.Unstructured, revision string) *appsv1.ReplicaSet {
	client, err := p.cluster.well("apps", "ReplicaSet", owner.GetNamespace())
	if err != nil {
		return nil
	}
	sets, err := client.List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil
	}
	for i := range sets.Items {
		if ownedBy(&sets.Items[i], owner.GetUID()) && sets.Items[i].GetAnnotations()[annotationRevision] == revision {
			var set appsv1.ReplicaSet
			if typed(&sets.Items[i], &set) == nil {
				return &set
			}
		}
	}
	return nil
}

func (p *provider) unboundClaims(ctx context.Context, deployment *appsv1.Deployment) []string {
	var unbound []string
	for _, volume := range deployment.Spec.Template.Spec.Volumes {
		if volume.PersistentVolumeClaim == nil {
			continue
		}
		client, err := p.cluster.well("", "PersistentVolumeClaim", deployment.Namespace)
		if err != nil {
			continue
		}
		claim, err := client.Get(ctx, volume.PersistentVolumeClaim.ClaimName, metav1.GetOptions{})
		if err != nil {
			continue
		}
		if phase, _, _ := unstructured.NestedString(claim.Object, "status", "phase"); phase != string(corev1.ClaimBound) {
			unbound = append(unbound, claim.GetName())
		}
	}
	return unbound
}
