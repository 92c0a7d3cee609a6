package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

var publicAccessType = setting("bucketPublicAccessBlock:BucketPublicAccessBlock", nil,
	func(ctx context.Context, session *session, bucket string, in properties) error {
		_, err := session.s3.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
			Bucket: &bucket,
			PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
				BlockPublicAcls: aws.Bool(flag(in, "blockPublicAcls")), BlockPublicPolicy: aws.Bool(flag(in, "blockPublicPolicy")),
				IgnorePublicAcls: aws.Bool(flag(in, "ignorePublicAcls")), RestrictPublicBuckets: aws.Bool(flag(in, "restrictPublicBuckets")),
			},
		})
		return err
	},
	func(ctx context.Context, session *session, bucket string) (properties, error) {
		found, err := session.s3.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &bucket})
		if err != nil {
			return nil, err
		}
		block := found.PublicAccessBlockConfiguration
		return properties{
			"blockPublicAcls": aws.ToBool(block.BlockPublicAcls), "blockPublicPolicy": aws.ToBool(block.BlockPublicPolicy),
			"ignorePublicAcls": aws.ToBool(block.IgnorePublicAcls), "restrictPublicBuckets": aws.ToBool(block.RestrictPublicBuckets),
		}, nil
	},
	func(ctx context.Context, session *session, bucket string) error {
		_, err := session.s3.DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{Bucket: &bucket})
		return err
	})

var ownershipType = setting("bucketOwnershipControls:BucketOwnershipControls", []string{"rule"},
	func(ctx context.Context, session *session, bucket string, in properties) error {
		rule := types.OwnershipControlsRule{ObjectOwnership: types.ObjectOwnership(text(object(in, "rule"), "objectOwnership"))}
		_, err := session.s3.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{
			Bucket: &bucket, OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{rule}},
		})
		return err
	},
	func(ctx context.Context, session *session, bucket string) (properties, error) {
		found, err := session.s3.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: &bucket})
		if err != nil {
			return nil, err
		}
		rule := map[string]any{"objectOwnership": string(found.OwnershipControls.Rules[0].ObjectOwnership)}
		return properties{"rule": rule}, nil
	},
	func(ctx context.Context, session *session, bucket string) error {
		_, err := session.s3.DeleteBucketOwnershipControls(ctx, &s3.DeleteBucketOwnershipControlsInput{Bucket: &bucket})
		return err
	})

var encryptionType = setting("bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", []string{"rules"},
	func(ctx context.Context, session *session, bucket string, in properties) error {
		var rules []types.ServerSideEncryptionRule
		for _, rule := range objects(in, "rules") {
			byDefault := object(rule, "applyServerSideEncryptionByDefault")
			rules = append(rules, types.ServerSideEncryptionRule{
				ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{
					SSEAlgorithm:   types.ServerSideEncryption(text(byDefault, "sseAlgorithm")),
					KMSMasterKeyID: optional(byDefault, "kmsMasterKeyId"),
				},
				BucketKeyEnabled: aws.Bool(flag(rule, "bucketKeyEnabled")),
			})
		}
		_, err := session.s3.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
			Bucket: &bucket, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: rules},
		})
		return err
	},
	func(ctx context.Context, session *session, bucket string) (properties, error) {
		found, err := session.s3.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &bucket})
		if err != nil {
			return nil, err
		}
		var rules []any
		for _, rule := range found.ServerSideEncryptionConfiguration.Rules {
			byDefault := map[string]any{"sseAlgorithm": string(rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm)}
			if key := rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID; aws.ToString(key) != "" {
				byDefault["kmsMasterKeyId"] = *key
			}
			rules = append(rules, map[string]any{
				"applyServerSideEncryptionByDefault": byDefault, "bucketKeyEnabled": aws.ToBool(rule.BucketKeyEnabled),
			})
		}
		return properties{"rules": rules}, nil
	},
	func(ctx context.Context, session *session, bucket string) error {
		_, err := session.s3.DeleteBucketEncryption(ctx, &s3.DeleteBucketEncryptionInput{Bucket: &bucket})
		return err
	})

var policyType = func() *resourceType {
	of := setting("bucketPolicy:BucketPolicy", []string{"policy"},
		func(ctx context.Context, session *session, bucket string, in properties) error {
			_, err := session.s3.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: aws.String(text(in, "policy"))})
			return err
		},
		func(ctx context.Context, session *session, bucket string) (properties, error) {
			found, err := session.s3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
			if err != nil {
				return nil, err
			}
			return properties{"policy": aws.ToString(found.Policy)}, nil
		},
		func(ctx context.Context, session *session, bucket string) error {
			_, err := session.s3.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &bucket})
			return err
		})
	of.documents = []string{"policy"}
	return of
}()
