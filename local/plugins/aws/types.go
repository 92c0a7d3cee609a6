package main

import "context"

// properties are plain inputs or state: what the wire's JSON holds, without secret marks.
type properties = map[string]any

// resourceType is one type of resource: how it behaves in a plan, and the calls that make it so.
type resourceType struct {
	token    string
	required []string
	// replaces are the inputs that AWS cannot change of a thing that exists.
	replaces []string
	// named is the input that is generated when the program gives none, and its greatest length.
	named     string
	nameLimit int
	lowerCase bool
	// computed are the outputs that only AWS knows.
	computed []string
	// documents are the inputs that hold JSON: two texts of the same content are the same.
	documents []string
	tagged    bool

	create func(ctx context.Context, aws *session, in properties) (id string, outputs properties, err error)
	// read returns inputs and outputs as they are now, or nil when the thing is gone.
	read   func(ctx context.Context, aws *session, id string) (properties, error)
	update func(ctx context.Context, aws *session, id string, old, in properties) error
	delete func(ctx context.Context, aws *session, id string, state properties) error
}

var resourceTypes = []*resourceType{
	bucketType, publicAccessType, ownershipType, encryptionType, versioningType, lifecycleType,
	policyType, objectLockType, loggingType, roleType, rolePolicyType, keyType, associationType,
}

func text(in properties, key string) string {
	value, _ := in[key].(string)
	return value
}

// optional is nil for a text that is not given.
func optional(in properties, key string) *string {
	if value, ok := in[key].(string); ok && value != "" {
		return &value
	}
	return nil
}

func flag(in properties, key string) bool {
	value, _ := in[key].(bool)
	return value
}

func whole(in properties, key string) *int32 {
	if value, ok := in[key].(int64); ok {
		number := int32(value)
		return &number
	}
	return nil
}

func object(in properties, key string) properties {
	value, _ := in[key].(map[string]any)
	return value
}

func objects(in properties, key string) []properties {
	list, _ := in[key].([]any)
	var found []properties
	for _, item := range list {
		if each, ok := item.(map[string]any); ok {
			found = append(found, each)
		}
	}
	return found
}
