package main

import "context"

// setting is a type of resource that is a setting of a bucket: its id is the bucket's name, and to
// create it is to set it.
func setting(
	token string, required []string,
	put func(ctx context.Context, session *session, bucket string, in properties) error,
	get func(ctx context.Context, session *session, bucket string) (properties, error),
	unset func(ctx context.Context, session *session, bucket string) error,
) *resourceType {
	return &resourceType{
		token: "aws:s3/" + token, required: append([]string{"bucket"}, required...),
		replaces: []string{"bucket", "expectedBucketOwner"},
		create: func(ctx context.Context, session *session, in properties) (string, properties, error) {
			return text(in, "bucket"), nil, put(ctx, session, text(in, "bucket"), in)
		},
		read: func(ctx context.Context, session *session, id string) (properties, error) {
			live, err := get(ctx, session, id)
			if live != nil {
				live["bucket"] = id
			}
			return live, err
		},
		update: func(ctx context.Context, session *session, id string, _, in properties) error {
			return put(ctx, session, id, in)
		},
		delete: func(ctx context.Context, session *session, id string, _ properties) error {
			return unset(ctx, session, id)
		},
	}
}
