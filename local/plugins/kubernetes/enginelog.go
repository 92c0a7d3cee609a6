package main

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// engineLog writes to the engine: lines that stay, and the status on a resource's row.
type engineLog struct {
	client pulumirpc.EngineClient
}

// resourceLog is an engineLog for one resource.
type resourceLog struct {
	engine *engineLog
	urn    string
	last   string
}

func (e *engineLog) resource(urn string) *resourceLog {
	return &resourceLog{engine: e, urn: urn}
}

func (l *resourceLog) send(severity pulumirpc.LogSeverity, message string, ephemeral bool) {
	if l.engine.client == nil {
		return
	}
	// A line that cannot be shown is no reason to fail an operation.
	_, _ = l.engine.client.Log(context.Background(), &pulumirpc.LogRequest{
		Severity: severity, Message: message, Urn: l.urn, Ephemeral: ephemeral,
	})
}

// warn writes a warning that stays in the output.
func (l *resourceLog) warn(message string) { l.send(pulumirpc.LogSeverity_WARNING, message, false) }

// info writes a line that stays in the output.
func (l *resourceLog) info(message string) { l.send(pulumirpc.LogSeverity_INFO, message, false) }

// status shows the message on the resource's row until the next one; repetitions are dropped.
func (l *resourceLog) status(message string) {
	if message == l.last {
		return
	}
	l.last = message
	l.send(pulumirpc.LogSeverity_INFO, message, true)
}

// statusWarning is a status that also counts as a diagnostic.
func (l *resourceLog) statusWarning(message string) {
	if message == l.last {
		return
	}
	l.last = message
	l.send(pulumirpc.LogSeverity_WARNING, message, true)
}
