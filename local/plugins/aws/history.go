package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

var versioningType = setting("bucketVersioning:BucketVersioning", []string{"versioningConfiguration"},
	func(ctx context.Context, session *session, bucket string, in properties) error {
		return setVersioning(ctx, session, bucket, text(object(in, "versioningConfiguration"), "status"))
	},
	func(ctx context.Context, session *session, bucket string) (properties, error) {
		found, err := session.s3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
		if err != nil {
			return nil, err
		}
		status := string(found.Status)
		if status == "" {
			status = "Disabled"
		}
		return properties{"versioningConfiguration": map[string]any{"status": status}}, nil
	},
	func(ctx context.Context, session *session, bucket string) error {
		return setVersioning(ctx, session, bucket, "Suspended")
	})

func setVersioning(ctx context.Context, session *session, bucket, status string) error {
	_, err := session.s3.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket:                  &bucket,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatus(status)},
	})
	return err
}

var lifecycleType = setting("bucketLifecycleConfiguration:BucketLifecycleConfiguration", nil,
	func(ctx context.Context, session *session, bucket string, in properties) error {
		var rules []types.LifecycleRule
		for _, rule := range objects(in, "rules") {
			rules = append(rules, lifecycleRule(rule))
		}
		_, err := session.s3.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
			Bucket: &bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: rules},
		})
		return err
	},
	func(ctx context.Context, session *session, bucket string) (properties, error) {
		found, err := session.s3.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &bucket})
		if err != nil {
			return nil, err
		}
		var rules []any
		for _, rule := range found.Rules {
			rules = append(rules, lifecycleProperties(rule))
		}
		return properties{"rules": rules}, nil
	},
	func(ctx context.Context, session *session, bucket string) error {
		_, err := session.s3.DeleteBucketLifecycle(ctx, &s3.DeleteBucketLifecycleInput{Bucket: &bucket})
		return err
	})

func lifecycleRule(in properties) types.LifecycleRule {
	rule := types.LifecycleRule{
		ID: optional(in, "id"), Status: types.ExpirationStatus(text(in, "status")),
		Filter: &types.LifecycleRuleFilter{Prefix: aws.String(text(object(in, "filter"), "prefix"))},
	}
	if expiration := object(in, "noncurrentVersionExpiration"); expiration != nil {
		rule.NoncurrentVersionExpiration = &types.NoncurrentVersionExpiration{NoncurrentDays: whole(expiration, "noncurrentDays")}
	}
	if expiration := object(in, "expiration"); expiration != nil {
		rule.Expiration = &types.LifecycleExpiration{Days: whole(expiration, "days")}
		if flag(expiration, "expiredObjectDeleteMarker") {
			rule.Expiration.ExpiredObjectDeleteMarker = aws.Bool(true)
		}
	}
	if abort := object(in, "abortIncompleteMultipartUpload"); abort != nil {
		rule.AbortIncompleteMultipartUpload = &types.AbortIncompleteMultipartUpload{
			DaysAfterInitiation: whole(abort, "daysAfterInitiation"),
		}
	}
	return rule
}

func lifecycleProperties(rule types.LifecycleRule) map[string]any {
	found := map[string]any{"id": aws.ToString(rule.ID), "status": string(rule.Status)}
	prefix := ""
	if rule.Filter != nil {
		prefix = aws.ToString(rule.Filter.Prefix)
	}
	found["filter"] = map[string]any{"prefix": prefix}
	if each := rule.NoncurrentVersionExpiration; each != nil {
		found["noncurrentVersionExpiration"] = map[string]any{"noncurrentDays": int64(aws.ToInt32(each.NoncurrentDays))}
	}
	if each := rule.Expiration; each != nil {
		expiration := map[string]any{}
		if each.Days != nil {
			expiration["days"] = int64(*each.Days)
		}
		if each.ExpiredObjectDeleteMarker != nil {
			expiration["expiredObjectDeleteMarker"] = *each.ExpiredObjectDeleteMarker
		}
		found["expiration"] = expiration
	}
	if each := rule.AbortIncompleteMultipartUpload; each != nil {
		found["abortIncompleteMultipartUpload"] = map[string]any{"daysAfterInitiation": int64(aws.ToInt32(each.DaysAfterInitiation))}
	}
	return found
}

var objectLockType = setting("bucketObjectLockConfiguration:BucketObjectLockConfiguration", nil,
	func(ctx context.Context, session *session, bucket string, in properties) error {
		lock := &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled}
		if retention := object(object(in, "rule"), "defaultRetention"); retention != nil {
			lock.Rule = &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{
				Mode: types.ObjectLockRetentionMode(text(retention, "mode")), Days: whole(retention, "days"), Years: whole(retention, "years"),
			}}
		}
		_, err := session.s3.PutObjectLockConfiguration(ctx, &s3.PutObjectLockConfigurationInput{
			Bucket: &bucket, ObjectLockConfiguration: lock,
		})
		return err
	},
	func(ctx context.Context, session *session, bucket string) (properties, error) {
		found, err := session.s3.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: &bucket})
		if err != nil {
			return nil, err
		}
		live := properties{"objectLockEnabled": string(found.ObjectLockConfiguration.ObjectLockEnabled)}
		if rule := found.ObjectLockConfiguration.Rule; rule != nil && rule.DefaultRetention != nil {
			retention := map[string]any{"mode": string(rule.DefaultRetention.Mode)}
			if rule.DefaultRetention.Days != nil {
				retention["days"] = int64(*rule.DefaultRetention.Days)
			}
			live["rule"] = map[string]any{"defaultRetention": retention}
		}
		return live, nil
	},
	func(ctx context.Context, session *session, bucket string) error {
		_, err := session.s3.PutObjectLockConfiguration(ctx, &s3.PutObjectLockConfigurationInput{
			Bucket:                  &bucket,
			ObjectLockConfiguration: &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled},
		})
		return err
	})

var loggingType = setting("bucketLogging:BucketLogging", []string{"targetBucket", "targetPrefix"},
	func(ctx context.Context, session *session, bucket string, in properties) error {
		_, err := session.s3.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{
			Bucket: &bucket,
			BucketLoggingStatus: &types.BucketLoggingStatus{LoggingEnabled: &types.LoggingEnabled{
				TargetBucket: aws.String(text(in, "targetBucket")), TargetPrefix: aws.String(text(in, "targetPrefix")),
			}},
		})
		return err
	},
	func(ctx context.Context, session *session, bucket string) (properties, error) {
		found, err := session.s3.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: &bucket})
		if err != nil || found.LoggingEnabled == nil {
			return nil, err
		}
		return properties{
			"targetBucket": aws.ToString(found.LoggingEnabled.TargetBucket),
			"targetPrefix": aws.ToString(found.LoggingEnabled.TargetPrefix),
		}, nil
	},
	func(ctx context.Context, session *session, bucket string) error {
		_, err := session.s3.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{
			Bucket: &bucket, BucketLoggingStatus: &types.BucketLoggingStatus{},
		})
		return err
	})
