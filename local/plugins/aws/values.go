package main

import (
	"math"

	"google.golang.org/protobuf/types/known/structpb"
)

// The wire form of what plain JSON lacks (pulumi/pulumi sdk/go/common/resource/sig and plugin/rpc.go).
const (
	signatureKey    = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
	outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
	unknownText     = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

var unknownTexts = map[string]bool{
	unknownText:                            true,
	"1c4a061d-8072-4f0a-a4cb-0ff528b18fe7": true, // bool
	"3eeb2bf0-c639-47a8-9e75-3b44932eb421": true, // number
	"6a19a0b0-7e62-4c92-b797-7f8e31da9cc2": true, // array
	"030794c1-ac77-496b-92df-f27374a8bd58": true, // asset
	"e48ece36-62e2-4504-bad9-02848725956a": true, // archive
	"dd056dcd-154b-4c76-9bd3-c8f88648b5ff": true, // object
}

// secret is a value that the engine encrypts in state and hides in output.
type secret struct{ value any }

// unknown is a value that only an update will bring.
type unknown struct{}

// DeepCopyAny and MarshalJSON let an object that holds unknowns pass through code written for JSON.
func (unknown) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// decode turns the wire form into maps, slices, strings, int64, float64, bool, nil, secret and unknown.
func decode(properties *structpb.Struct) map[string]any {
	object := make(map[string]any, len(properties.GetFields()))
	for key, value := range properties.GetFields() {
		object[key] = decodeValue(value)
	}
	return object
}

func decodeValue(value *structpb.Value) any {
	switch kind := value.GetKind().(type) {
	case *structpb.Value_StringValue:
		if unknownTexts[kind.StringValue] {
			return unknown{}
		}
		return kind.StringValue
	case *structpb.Value_NumberValue:
		// Days and seconds are whole; the wire knows floats only.
		if whole := int64(kind.NumberValue); float64(whole) == kind.NumberValue && math.Abs(kind.NumberValue) < 1<<53 {
			return whole
		}
		return kind.NumberValue
	case *structpb.Value_BoolValue:
		return kind.BoolValue
	case *structpb.Value_ListValue:
		list := make([]any, 0, len(kind.ListValue.GetValues()))
		for _, item := range kind.ListValue.GetValues() {
			list = append(list, decodeValue(item))
		}
		return list
	case *structpb.Value_StructValue:
		return decodeSigned(kind.StructValue)
	default:
		return nil
	}
}

func decodeSigned(value *structpb.Struct) any {
	switch value.GetFields()[signatureKey].GetStringValue() {
	case secretSignature:
		return secret{decodeValue(value.GetFields()["value"])}
	case outputSignature:
		inner, known := value.GetFields()["value"]
		var decoded any = unknown{}
		if known {
			decoded = decodeValue(inner)
		}
		if value.GetFields()["secret"].GetBoolValue() {
			return secret{decoded}
		}
		return decoded
	}
	return decode(value)
}

// encode is the reverse of decode. Without keepSecrets, secrets are sent in plain.
func encode(object map[string]any, keepSecrets bool) *structpb.Struct {
	fields := make(map[string]*structpb.Value, len(object))
	for key, value := range object {
		fields[key] = encodeValue(value, keepSecrets)
	}
	return &structpb.Struct{Fields: fields}
}

func encodeValue(value any, keepSecrets bool) *structpb.Value {
	switch value := value.(type) {
	case nil:
		return structpb.NewNullValue()
	case string:
		return structpb.NewStringValue(value)
	case bool:
		return structpb.NewBoolValue(value)
	case int64:
		return structpb.NewNumberValue(float64(value))
	case int:
		return structpb.NewNumberValue(float64(value))
	case float64:
		return structpb.NewNumberValue(value)
	case []any:
		items := make([]*structpb.Value, len(value))
		for i, item := range value {
			items[i] = encodeValue(item, keepSecrets)
		}
		return structpb.NewListValue(&structpb.ListValue{Values: items})
	case map[string]any:
		return structpb.NewStructValue(encode(value, keepSecrets))
	case unknown:
		return structpb.NewStringValue(unknownText)
	case secret:
		if !keepSecrets {
			return encodeValue(value.value, false)
		}
		return structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{
			signatureKey: structpb.NewStringValue(secretSignature),
			"value":      encodeValue(value.value, true),
		}})
	default:
		panic("a value that is no JSON cannot be sent to the engine")
	}
}

// plain is a deep copy without secret marks; unknowns stay.
func plain(value any) any {
	switch value := value.(type) {
	case secret:
		return plain(value.value)
	case map[string]any:
		return plainMap(value)
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = plain(item)
		}
		return items
	default:
		return value
	}
}

func plainMap(object map[string]any) map[string]any {
	copied := make(map[string]any, len(object))
	for key, value := range object {
		copied[key] = plain(value)
	}
	return copied
}

func holds(value any, test func(any) bool) bool {
	if test(value) {
		return true
	}
	switch value := value.(type) {
	case secret:
		return holds(value.value, test)
	case map[string]any:
		for _, item := range value {
			if holds(item, test) {
				return true
			}
		}
	case []any:
		for _, item := range value {
			if holds(item, test) {
				return true
			}
		}
	}
	return false
}

func hasUnknown(value any) bool {
	return holds(value, func(v any) bool { _, is := v.(unknown); return is })
}

func hasSecret(value any) bool {
	return holds(value, func(v any) bool { _, is := v.(secret); return is })
}
