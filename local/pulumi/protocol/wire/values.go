// Package wire turns what the engine sends into plain Go values and back.
package wire

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

// Secret is a value that the engine encrypts in state and hides in output.
type Secret struct{ Value any }

// Unknown is a value that only an update will bring.
type Unknown struct{}

// DeepCopyAny and MarshalJSON let an object that holds unknowns pass through code written for JSON.
func (Unknown) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// Decode turns the wire form into maps, slices, strings, int64, float64, bool, nil, Secret and Unknown.
func Decode(properties *structpb.Struct) map[string]any {
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
			return Unknown{}
		}
		return kind.StringValue
	case *structpb.Value_NumberValue:
		// Numbers that are whole are meant so (Kubernetes' own JSON keeps them as integers); the wire knows floats only.
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
		return Secret{decodeValue(value.GetFields()["value"])}
	case outputSignature:
		inner, known := value.GetFields()["value"]
		var decoded any = Unknown{}
		if known {
			decoded = decodeValue(inner)
		}
		if value.GetFields()["secret"].GetBoolValue() {
			return Secret{decoded}
		}
		return decoded
	}
	return Decode(value)
}

// Encode is the reverse of Decode. Without keepSecrets, secrets are sent in plain.
func Encode(object map[string]any, keepSecrets bool) *structpb.Struct {
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
		return structpb.NewStructValue(Encode(value, keepSecrets))
	case Unknown:
		return structpb.NewStringValue(unknownText)
	case Secret:
		if !keepSecrets {
			return encodeValue(value.Value, false)
		}
		return structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{
			signatureKey: structpb.NewStringValue(secretSignature),
			"value":      encodeValue(value.Value, true),
		}})
	default:
		panic("a value that is no JSON cannot be sent to the engine")
	}
}

// Plain is a deep copy without secret marks; unknowns stay.
func Plain(value any) any {
	switch value := value.(type) {
	case Secret:
		return Plain(value.Value)
	case map[string]any:
		return PlainMap(value)
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = Plain(item)
		}
		return items
	default:
		return value
	}
}

// PlainMap is Plain of an object.
func PlainMap(object map[string]any) map[string]any {
	copied := make(map[string]any, len(object))
	for key, value := range object {
		copied[key] = Plain(value)
	}
	return copied
}

// Holds says whether the value, or anything in it, passes the test.
func Holds(value any, test func(any) bool) bool {
	if test(value) {
		return true
	}
	switch value := value.(type) {
	case Secret:
		return Holds(value.Value, test)
	case map[string]any:
		for _, item := range value {
			if Holds(item, test) {
				return true
			}
		}
	case []any:
		for _, item := range value {
			if Holds(item, test) {
				return true
			}
		}
	}
	return false
}

// HasUnknown says whether there is anything unknown in the value.
func HasUnknown(value any) bool {
	return Holds(value, func(v any) bool { _, is := v.(Unknown); return is })
}

// HasSecret says whether there is anything secret in the value.
func HasSecret(value any) bool {
	return Holds(value, func(v any) bool { _, is := v.(Secret); return is })
}
