package main

import (
	"fmt"
	"strconv"
	"strings"
)

// parsePath reads a path of ignoreChanges: data, metadata.labels["a.b"], spec.ports[0].name, spec.ports[*].
func parsePath(text string) ([]any, error) {
	var path []any
	rest := text
	for rest != "" {
		switch {
		case rest[0] == '.':
			rest = rest[1:]
		case strings.HasPrefix(rest, `["`):
			end := strings.Index(rest[2:], `"]`)
			if end < 0 {
				return nil, fmt.Errorf("failed to parse ignore path: %q has an opening [\" without its \"]", text)
			}
			path = append(path, strings.ReplaceAll(rest[2:2+end], `\"`, `"`))
			rest = rest[end+4:]
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return nil, fmt.Errorf("failed to parse ignore path: %q has an opening [ without its ]", text)
			}
			if inner := rest[1:end]; inner == "*" {
				path = append(path, "*")
			} else if index, err := strconv.Atoi(inner); err == nil {
				path = append(path, index)
			} else {
				return nil, fmt.Errorf("failed to parse ignore path: %q has %q for an index", text, inner)
			}
			rest = rest[end+1:]
		default:
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			path = append(path, rest[:end])
			rest = rest[end:]
		}
	}
	return path, nil
}

// contains says whether the path lies at or under the ignored one; * stands for any key or index.
func contains(ignored, path []any) bool {
	if len(ignored) > len(path) {
		return false
	}
	for i, part := range ignored {
		if part != "*" && part != path[i] {
			return false
		}
	}
	return true
}
