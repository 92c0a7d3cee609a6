package main

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
)

// pollInterval is how often an object is fetched where it may not be watched.
const pollInterval = 500 * time.Millisecond

// observer sees the object as it is now and at each change, Deleted when it is not there; it
// returns true to end.
type observer func(kind watch.EventType, object *unstructured.Unstructured) (bool, error)

// follow shows one object to the observer until that says it is enough or the context ends. It
// survives an API server that goes away for a while; an error that stays is returned.
func follow(ctx context.Context, client dynamic.ResourceInterface, name string, see observer) error {
	for {
		done, err := followOnce(ctx, client, name, see)
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollInterval):
		}
	}
}

func followOnce(ctx context.Context, client dynamic.ResourceInterface, name string, see observer) (bool, error) {
	object, err := client.Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		if done, err := see(watch.Deleted, nil); done || err != nil {
			return done, err
		}
		return false, nil
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
		return false, err
	case err != nil:
		return false, nil // for the moment: asked again
	}
	if done, err := see(watch.Modified, object); done || err != nil {
		return done, err
	}
	events, err := client.Watch(ctx, metav1.ListOptions{
		FieldSelector:   fields.OneTermEqualSelector("metadata.name", name).String(),
		ResourceVersion: object.GetResourceVersion(),
	})
	if err != nil {
		return false, nil // without the right to watch it is polled
	}
	defer events.Stop()
	for {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case event, open := <-events.ResultChan():
			changed, ok := event.Object.(*unstructured.Unstructured)
			if !open || !ok || event.Type == watch.Error {
				return false, nil // asked again from the start
			}
			if event.Type == watch.Bookmark {
				continue
			}
			if done, err := see(event.Type, changed); done || err != nil {
				return done, err
			}
		}
	}
}
