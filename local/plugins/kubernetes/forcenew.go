package main

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// What can only be changed by a new object, as the real plugin's list has it (pulumi-kubernetes
// provider/pkg/provider/diff.go). It is shorter than what the API server refuses, and for
// ConfigMaps and Secrets longer.
var (
	selectorFields = []string{"spec.selector"}

	statefulSetFields = []string{
		"spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector",
		"spec.serviceName", "spec.volumeClaimTemplates",
	}

	jobFields = []string{"spec.completions", "spec.parallelism", "spec.selector", "spec.template"}

	claimFields = []string{"spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"}

	podFields = append(
		under("spec", "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases "+
			"hostIPC hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy "+
			"priority priorityClassName readinessGates restartPolicy runtimeClassName schedulerName securityContext "+
			"serviceAccount serviceAccountName shareProcessNamespace subdomain terminationGracePeriodSeconds volumes"),
		append(under("spec.containers[*]", containerFields), under("spec.initContainers[*]", containerFields)...)...,
	)

	volumeFields = under("spec", "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker "+
		"gcePersistentDisk glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO "+
		"storageos vsphereVolume")
)

const containerFields = "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe " +
	"resources securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices " +
	"volumeMounts workingDir"

var fieldsOfKind = map[string][]string{
	"apps/v1 StatefulSet":                      statefulSetFields,
	"apps/v1 Deployment":                       selectorFields,
	"apps/v1 DaemonSet":                        selectorFields,
	"batch/v1 Job":                             jobFields,
	"v1 PersistentVolume":                      volumeFields,
	"v1 PersistentVolumeClaim":                 claimFields,
	"v1 Pod":                                   podFields,
	"v1 ResourceQuota":                         {"spec.scopes"},
	"v1 Secret":                                {"type"},
	"v1 Service":                               {"spec.clusterIP"},
	"policy/v1beta1 PodDisruptionBudget":       {"spec"},
	"rbac.authorization.k8s.io/v1 RoleBinding": {"roleRef"},
	"rbac.authorization.k8s.io/v1 ClusterRoleBinding": {"roleRef"},
	"storage.k8s.io/v1 StorageClass":                  {"parameters", "provisioner"},
}

func under(prefix, fields string) []string {
	names := strings.Fields(fields)
	for i, name := range names {
		names[i] = prefix + "." + name
	}
	return names
}

// forceNew lists the paths whose change replaces the object.
func (p *provider) forceNew(object *unstructured.Unstructured) [][]string {
	fields := []string{"metadata.name", "metadata.namespace"}
	gvk := gvkOfObject(object)
	switch {
	case isSecret(object) && (!p.config.secretMutable || isImmutable(object)):
		fields = append(fields, "type", "stringData", "data")
	case isConfigMap(object) && (!p.config.configMapMutable || isImmutable(object)):
		fields = append(fields, "binaryData", "data")
	default:
		fields = append(fields, fieldsOfKind[gvk.GroupVersion().String()+" "+gvk.Kind]...)
	}
	paths := make([][]string, len(fields))
	for i, field := range fields {
		paths[i] = strings.Split(strings.ReplaceAll(field, "[*]", ".*"), ".")
	}
	return paths
}

// touches says whether a change of the value at the path changes what the pattern names: the
// path lies at or under it, or the pattern leads into the new value.
func touches(pattern []string, path []any, value any) bool {
	for i, part := range pattern {
		if i == len(path) {
			return leads(pattern[i:], value)
		}
		if part == "*" {
			if _, isIndex := path[i].(int); !isIndex {
				return false
			}
		} else if path[i] != any(part) {
			return false
		}
	}
	return true
}

func leads(pattern []string, value any) bool {
	if len(pattern) == 0 {
		return true
	}
	switch value := value.(type) {
	case map[string]any:
		next, ok := value[pattern[0]]
		return ok && leads(pattern[1:], next)
	case []any:
		if pattern[0] == "*" {
			for _, item := range value {
				if leads(pattern[1:], item) {
					return true
				}
			}
		}
	}
	return false
}
