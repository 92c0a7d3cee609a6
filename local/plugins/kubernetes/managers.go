package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// takenOver are the managers whose fields become the resource's own at an update: kubectl's, and
// the one that creation used. Names count as prefixes, so kubectl-edit is one of them.
var takenOver = []struct {
	prefix    string
	operation metav1.ManagedFieldsOperationType
}{
	{"kubectl", metav1.ManagedFieldsOperationApply},
	{"kubectl", metav1.ManagedFieldsOperationUpdate},
	{"before-first-apply", metav1.ManagedFieldsOperationUpdate},
	{csaManager, metav1.ManagedFieldsOperationUpdate},
	{"pulumi-resource-kubernetes", metav1.ManagedFieldsOperationUpdate},
}

func isTakenOver(entry metav1.ManagedFieldsEntry) bool {
	for _, each := range takenOver {
		if entry.Subresource == "" && entry.Operation == each.operation && strings.HasPrefix(entry.Manager, each.prefix) {
			return true
		}
	}
	return false
}

// mergedManagers gives the fields of the managers that are taken over to the named one; false when
// there are none.
func mergedManagers(entries []metav1.ManagedFieldsEntry, manager string) ([]metav1.ManagedFieldsEntry, bool, error) {
	var own *metav1.ManagedFieldsEntry
	for i := range entries {
		if entries[i].Manager == manager && entries[i].Operation == metav1.ManagedFieldsOperationApply {
			own = entries[i].DeepCopy()
		}
	}
	var others []metav1.ManagedFieldsEntry
	changed := false
	for _, entry := range entries {
		switch {
		case entry.Manager == manager && entry.Operation == metav1.ManagedFieldsOperationApply:
		case !isTakenOver(entry):
			others = append(others, entry)
		case own == nil:
			own = entry.DeepCopy()
			own.Manager, own.Operation = manager, metav1.ManagedFieldsOperationApply
			changed = true
		default:
			union, err := unionOf(own.FieldsV1, entry.FieldsV1)
			if err != nil {
				return nil, false, err
			}
			own.FieldsV1 = union
			changed = true
		}
	}
	if !changed {
		return entries, false, nil
	}
	return append(others, *own), true, nil
}

func unionOf(a, b *metav1.FieldsV1) (*metav1.FieldsV1, error) {
	first, err := fieldSet(a)
	if err != nil {
		return nil, err
	}
	second, err := fieldSet(b)
	if err != nil {
		return nil, err
	}
	raw, err := first.Union(second).ToJSON()
	return &metav1.FieldsV1{Raw: raw}, err
}

func fieldSet(fields *metav1.FieldsV1) (*fieldpath.Set, error) {
	set := &fieldpath.Set{}
	if fields == nil {
		return set, nil
	}
	return set, set.FromJSON(bytes.NewReader(fields.Raw))
}

// handOver makes the manager the owner of what others set on the resource's behalf, so that its
// apply is no conflict with them.
func (p *provider) handOver(
	client dynamic.ResourceInterface, live *unstructured.Unstructured, manager string,
) (*unstructured.Unstructured, error) {
	entries, changed, err := mergedManagers(live.GetManagedFields(), manager)
	if err != nil || !changed {
		return live, err
	}
	patch, err := json.Marshal([]map[string]any{
		{"op": "replace", "path": "/metadata/managedFields", "value": entries},
	})
	if err != nil {
		return nil, err
	}
	return client.Patch(p.operations, live.GetName(), types.JSONPatchType, patch, metav1.PatchOptions{})
}

// forced says whether an apply takes fields from other managers.
func (p *provider) forced(object, live *unstructured.Unstructured, preview bool) bool {
	if p.config.patchForce || annotationIsTrue(object, annotationPatchForce) || len(live.GetManagedFields()) == 0 {
		return true
	}
	if preview {
		// The real run hands these over before it applies.
		for _, entry := range live.GetManagedFields() {
			switch entry.Manager {
			case "pulumi-resource-kubernetes", csaManager, csaManager + ".exe":
				if entry.Operation == metav1.ManagedFieldsOperationUpdate {
					return true
				}
			}
		}
	}
	return false
}

// relinquish ends the management of every field by a manager that is no longer used.
func (p *provider) relinquish(
	client dynamic.ResourceInterface, live *unstructured.Unstructured, manager string,
) error {
	bare := &unstructured.Unstructured{Object: map[string]any{}}
	bare.SetGroupVersionKind(live.GroupVersionKind())
	bare.SetNamespace(live.GetNamespace())
	bare.SetName(live.GetName())
	_, err := client.Apply(p.operations, live.GetName(), bare, metav1.ApplyOptions{FieldManager: manager})
	return err
}

// conflictError explains a conflict with another field manager and how to go on.
func conflictError(err error, manager string) error {
	if err == nil || !apierrors.IsConflict(err) {
		return err
	}
	return errors.Join(
		errors.New("server-side apply field conflict detected, see "+
			"https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/"+
			"managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources"+
			" for troubleshooting help (the annotation pulumi.com/patchForce: \"true\" takes the fields over)"),
		fmt.Errorf("The resource managed by field manager %q had an apply conflict: %w", manager, err), //nolint:staticcheck
	)
}

// yieldIgnored takes the fields of ignoreChanges out of what is applied where another manager owns
// them alone, and otherwise sends them as they are in the cluster.
func yieldIgnored(object, live *unstructured.Unstructured, manager string, ignored []string) error {
	ours, theirs := fieldpath.NewSet(), fieldpath.NewSet()
	for _, entry := range live.GetManagedFields() {
		fields, err := fieldSet(entry.FieldsV1)
		if err != nil {
			return fmt.Errorf("the managed fields of %q cannot be read: %w", live.GetName(), err)
		}
		into := theirs
		if entry.Manager == manager {
			into = ours
		}
		fields.Iterate(func(path fieldpath.Path) {
			for i := range path {
				into.Insert(path[:i+1].Copy())
			}
		})
	}
	for _, text := range ignored {
		// Paths into lists, and keys that hold a dot, have no effect here in the real plugin either.
		parts := strings.Split(text, ".")
		path := make(fieldpath.Path, len(parts))
		for i := range parts {
			path[i] = fieldpath.PathElement{FieldName: &parts[i]}
		}
		if theirs.Has(path) && !ours.Has(path) {
			unstructured.RemoveNestedField(object.Object, parts...)
			continue
		}
		if value, found, err := unstructured.NestedFieldCopy(live.Object, parts...); err != nil {
			return fmt.Errorf("unable to parse field to ignore %q from live object: %w", text, err)
		} else if found {
			if err := unstructured.SetNestedField(object.Object, value, parts...); err != nil {
				return fmt.Errorf("unable to set field %q with last used value: %w", text, err)
			}
		}
	}
	return nil
}
