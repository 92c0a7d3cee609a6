package main

import (
	"fmt"
	"reflect"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// detailedDiff collects what differs between the old object and the new inputs, by property path.
type detailedDiff struct {
	forceNew [][]string
	changes  map[string]*pulumirpc.PropertyDiff
}

// absent is the value of a key that is not there, which is another thing than null.
type absent struct{}

func diffOf(old, new map[string]any, forceNew [][]string) map[string]*pulumirpc.PropertyDiff {
	diff := &detailedDiff{forceNew: forceNew, changes: map[string]*pulumirpc.PropertyDiff{}}
	diff.maps(nil, old, new)
	return diff.changes
}

func (d *detailedDiff) maps(path []any, old, new map[string]any) {
	for key := range mergedKeys(old, new) {
		d.values(append(path[:len(path):len(path)], key), at(old, key), at(new, key))
	}
}

func at(object map[string]any, key string) any {
	if value, ok := object[key]; ok {
		return value
	}
	return absent{}
}

func (d *detailedDiff) lists(path []any, old, new []any) {
	for i := 0; i < len(old) || i < len(new); i++ {
		before, after := any(absent{}), any(absent{})
		if i < len(old) {
			before = old[i]
		}
		if i < len(new) {
			after = new[i]
		}
		d.values(append(path[:len(path):len(path)], i), before, after)
	}
}

func (d *detailedDiff) values(path []any, old, new any) {
	if reflect.DeepEqual(old, new) && !isUnknown(new) {
		return
	}
	if isUnknown(new) {
		if old == any(absent{}) {
			d.record(path, pulumirpc.PropertyDiff_ADD, nil)
		} else {
			d.record(path, pulumirpc.PropertyDiff_UPDATE, nil)
		}
		return
	}
	if new == any(absent{}) || new == nil {
		d.record(path, pulumirpc.PropertyDiff_DELETE, nil)
		return
	}
	if old == any(absent{}) {
		d.record(path, pulumirpc.PropertyDiff_ADD, new)
		return
	}
	oldMap, oldIsMap := old.(map[string]any)
	newMap, newIsMap := new.(map[string]any)
	oldList, oldIsList := old.([]any)
	newList, newIsList := new.([]any)
	switch {
	case oldIsMap && newIsMap:
		d.maps(path, oldMap, newMap)
	case oldIsList && newIsList:
		d.lists(path, oldList, newList)
	case !equalNumbers(old, new):
		d.record(path, pulumirpc.PropertyDiff_UPDATE, new)
	}
}

func isUnknown(value any) bool {
	_, is := value.(wire.Unknown)
	return is
}

func equalNumbers(a, b any) bool {
	x, xIs := number(a)
	y, yIs := number(b)
	return xIs && yIs && x == y
}

func number(value any) (float64, bool) {
	switch value := value.(type) {
	case int64:
		return float64(value), true
	case float64:
		return value, true
	}
	return 0, false
}

var replacing = map[pulumirpc.PropertyDiff_Kind]pulumirpc.PropertyDiff_Kind{
	pulumirpc.PropertyDiff_ADD:    pulumirpc.PropertyDiff_ADD_REPLACE,
	pulumirpc.PropertyDiff_UPDATE: pulumirpc.PropertyDiff_UPDATE_REPLACE,
	pulumirpc.PropertyDiff_DELETE: pulumirpc.PropertyDiff_DELETE_REPLACE,
}

func (d *detailedDiff) record(path []any, kind pulumirpc.PropertyDiff_Kind, value any) {
	inputDiff := kind == pulumirpc.PropertyDiff_DELETE
	for _, pattern := range d.forceNew {
		if touches(pattern, path, value) {
			kind = replacing[kind]
			break
		}
	}
	d.changes[pathText(path)] = &pulumirpc.PropertyDiff{Kind: kind, InputDiff: inputDiff}
}

// pathText writes a path as the engine reads it: spec.ports[0].name, metadata.labels["a.b/c"].
func pathText(path []any) string {
	var text strings.Builder
	for _, part := range path {
		switch part := part.(type) {
		case int:
			fmt.Fprintf(&text, "[%d]", part)
		case string:
			switch {
			case strings.ContainsAny(part, `."[]`):
				fmt.Fprintf(&text, `["%s"]`, strings.ReplaceAll(part, `"`, `\"`))
			case text.Len() > 0:
				text.WriteString("." + part)
			default:
				text.WriteString(part)
			}
		}
	}
	return text.String()
}
