package main

import (
	"context"
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func jobCondition(job *batchv1.Job, kind batchv1.JobConditionType) *batchv1.JobCondition {
	for i := range job.Status.Conditions {
		if job.Status.Conditions[i].Type == kind && job.Status.Conditions[i].Status == corev1.ConditionTrue {
			return &job.Status.Conditions[i]
		}
	}
	return nil
}

func jobSucceeded(job *batchv1.Job) bool {
	return job.Status.StartTime != nil && jobCondition(job, batchv1.JobComplete) != nil
}

// jobCheck: the Job has run to its end. When it has given up, waiting ends at once.
func (p *provider) jobCheck(ctx context.Context, live *unstructured.Unstructured) verdict {
	var job batchv1.Job
	if typed(live, &job) != nil {
		return verdict{}
	}
	if jobSucceeded(&job) {
		return verdict{ready: true}
	}
	result := verdict{status: fmt.Sprintf("Waiting for Job %q to start", displayName(live))}
	if job.Status.StartTime != nil {
		result.status = fmt.Sprintf("Waiting for Job %q to succeed (Active: %d | Succeeded: %d | Failed: %d)",
			displayName(live), job.Status.Active, job.Status.Succeeded, job.Status.Failed)
	}
	if failure := jobCondition(&job, batchv1.JobFailed); failure != nil {
		switch failure.Reason {
		case batchv1.JobReasonBackoffLimitExceeded, batchv1.JobReasonDeadlineExceeded:
			result.failed = true
			result.problems = append(result.problems, fmt.Sprintf("[%s] %s", failure.Reason, failure.Message))
		}
	}
	result.problems = append(result.problems, p.problemsOfPods(ctx, live.GetUID(), live.GetNamespace())...)
	return result
}
