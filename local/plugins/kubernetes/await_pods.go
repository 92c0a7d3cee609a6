package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

func podCheck(_ context.Context, live *unstructured.Unstructured) verdict {
	var pod corev1.Pod
	if typed(live, &pod) != nil {
		return verdict{}
	}
	scheduled := conditionOf(&pod, corev1.PodScheduled)
	initialized := conditionOf(&pod, corev1.PodInitialized)
	ready := conditionOf(&pod, corev1.PodReady)
	isReady := isTrue(ready) || ready != nil && pod.Status.Phase == corev1.PodSucceeded
	status := ""
	switch {
	case !isTrue(scheduled):
		status = fmt.Sprintf("Waiting for Pod %q to be scheduled", displayName(live))
	case !isTrue(initialized):
		status = fmt.Sprintf("Waiting for Pod %q to be initialized", displayName(live))
	default:
		status = fmt.Sprintf("Waiting for Pod %q to be ready", displayName(live))
	}
	return verdict{
		ready:    isTrue(scheduled) && isTrue(initialized) && isReady,
		status:   status,
		problems: podProblems(&pod),
	}
}

func conditionOf(pod *corev1.Pod, kind corev1.PodConditionType) *corev1.PodCondition {
	for i := range pod.Status.Conditions {
		if pod.Status.Conditions[i].Type == kind {
			return &pod.Status.Conditions[i]
		}
	}
	return nil
}

func isTrue(condition *corev1.PodCondition) bool {
	return condition != nil && condition.Status == corev1.ConditionTrue
}

// displayName leaves out the default namespace.
func displayName(object metav1.Object) string {
	if namespace := object.GetNamespace(); namespace != "" && namespace != "default" {
		return namespace + "/" + object.GetName()
	}
	return object.GetName()
}

// podProblems says why a pod is not initialized and not ready, in the kubelet's words.
func podProblems(pod *corev1.Pod) []string {
	var problems []string
	var containers error
	for _, status := range pod.Status.ContainerStatuses {
		containers = errors.Join(containers, containerProblem(status))
	}
	for _, kind := range []corev1.PodConditionType{corev1.PodInitialized, corev1.PodReady} {
		condition := conditionOf(pod, kind)
		if condition == nil || isTrue(condition) || kind == corev1.PodReady && pod.Status.Phase == corev1.PodSucceeded {
			continue
		}
		if containers == nil && condition.Message == "" {
			continue
		}
		text := fmt.Sprintf("[Pod %s]: ", displayName(pod))
		if condition.Reason != "" {
			text += condition.Message
		}
		if containers != nil {
			text += containers.Error()
		}
		problems = append(problems, text)
	}
	return problems
}

func containerProblem(status corev1.ContainerStatus) error {
	if status.Ready {
		return nil
	}
	var problem error
	if waiting := status.State.Waiting; waiting != nil && waiting.Reason != "ContainerCreating" {
		problem = errors.Join(problem, fmt.Errorf("[%s] %s", waiting.Reason, runtimeMessage(waiting.Message)))
	}
	if terminated := status.State.Terminated; terminated != nil && terminated.Reason != "" {
		if terminated.Message != "" {
			problem = errors.Join(problem, fmt.Errorf("[%s] %s", terminated.Reason, runtimeMessage(terminated.Message)))
		} else {
			problem = errors.Join(problem, fmt.Errorf("container %q completed with exit code %d", status.Name, terminated.ExitCode))
		}
	}
	if last := status.LastTerminationState.Terminated; last != nil {
		problem = errors.Join(problem, fmt.Errorf("container %q terminated at %s (%s: exit code %d)",
			status.Name, last.FinishedAt.UTC().Format(time.RFC3339Nano), last.Reason, last.ExitCode))
		if last.Message != "" {
			problem = errors.Join(problem, errors.New(last.Message))
		}
	}
	return problem
}

func runtimeMessage(text string) string {
	text = strings.TrimPrefix(text, "rpc error: code = Unknown desc = Error response from daemon: ")
	return strings.TrimSuffix(text, ": manifest unknown")
}

// problemsOfPods collects what is wrong with the pods that an object owns.
func (p *provider) problemsOfPods(ctx context.Context, owner types.UID, namespace string) []string {
	client, err := p.cluster.well("", "Pod", namespace)
	if err != nil {
		return nil
	}
	pods, err := client.List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil // an extra: the wait's own result does not depend on it
	}
	var problems []string
	for i := range pods.Items {
		var pod corev1.Pod
		if ownedBy(&pods.Items[i], owner) && typed(&pods.Items[i], &pod) == nil {
			problems = append(problems, podProblems(&pod)...)
		}
	}
	return problems
}

func ownedBy(object *unstructured.Unstructured, owner types.UID) bool {
	for _, reference := range object.GetOwnerReferences() {
		if reference.UID == owner {
			return true
		}
	}
	return false
}
