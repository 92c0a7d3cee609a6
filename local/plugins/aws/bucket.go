package main

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

var bucketType = &resourceType{
	token:    "aws:s3/bucket:Bucket",
	replaces: []string{"bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled"},
	named:    "bucket", nameLimit: 63, lowerCase: true,
	computed: []string{"arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName", "hostedZoneId"},
	tagged:   true,
	create:   createBucket,
	read:     readBucket,
	update: func(ctx context.Context, session *session, id string, _, in properties) error {
		return tagBucket(ctx, session, id, in)
	},
	delete: deleteBucket,
}

func createBucket(ctx context.Context, session *session, in properties) (string, properties, error) {
	name := text(in, "bucket")
	request := &s3.CreateBucketInput{Bucket: &name}
	if flag(in, "objectLockEnabled") {
		request.ObjectLockEnabledForBucket = aws.Bool(true)
	}
	if session.region != "us-east-1" { // which is where a bucket goes without a word, and S3 refuses the word
		request.CreateBucketConfiguration = &types.CreateBucketConfiguration{
			LocationConstraint: types.BucketLocationConstraint(session.region),
		}
	}
	// In us-east-1 S3 answers 200 for a bucket that is one's own already.
	if _, err := session.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &name}); err == nil {
		return "", nil, errors.New("BucketAlreadyExists: a bucket of the name " + name + " exists; " +
			"import it, or give it as an existing one")
	}
	if _, err := session.s3.CreateBucket(ctx, request); err != nil {
		return "", nil, err
	}
	if err := tagBucket(ctx, session, name, in); err != nil {
		return "", nil, err
	}
	return name, bucketOutputs(session, name), nil
}

func bucketOutputs(session *session, name string) properties {
	suffix := partitionOf(session.region).dnsSuffix
	return properties{
		"arn": bucketARN(session.region, name), "bucketRegion": session.region, "hostedZoneId": "",
		"bucketDomainName":         name + ".s3." + suffix,
		"bucketRegionalDomainName": name + ".s3." + session.region + "." + suffix,
	}
}

func tagBucket(ctx context.Context, session *session, name string, in properties) error {
	var set []types.Tag
	for key, value := range object(in, "tags") {
		set = append(set, types.Tag{Key: aws.String(key), Value: aws.String(value.(string))})
	}
	if len(set) == 0 {
		_, err := session.s3.DeleteBucketTagging(ctx, &s3.DeleteBucketTaggingInput{Bucket: &name})
		return err
	}
	_, err := session.s3.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{
		Bucket: &name, Tagging: &types.Tagging{TagSet: set},
	})
	return err
}

func readBucket(ctx context.Context, session *session, name string) (properties, error) {
	if _, err := session.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &name}); err != nil {
		return nil, err
	}
	live := bucketOutputs(session, name)
	live["bucket"] = name
	tags := map[string]any{}
	found, err := session.s3.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: &name})
	if err == nil {
		for _, tag := range found.TagSet {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	} else if !strings.Contains(err.Error(), "NoSuchTagSet") {
		return nil, err
	}
	live["tags"] = tags
	return live, nil
}

func deleteBucket(ctx context.Context, session *session, name string, state properties) error {
	if flag(state, "forceDestroy") {
		if err := emptyBucket(ctx, session, name); err != nil {
			return err
		}
	}
	_, err := session.s3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name})
	return err
}

// emptyBucket deletes every version and delete marker.
func emptyBucket(ctx context.Context, session *session, name string) error {
	pages := s3.NewListObjectVersionsPaginator(session.s3, &s3.ListObjectVersionsInput{Bucket: &name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		var all []types.ObjectIdentifier
		for _, version := range page.Versions {
			all = append(all, types.ObjectIdentifier{Key: version.Key, VersionId: version.VersionId})
		}
		for _, marker := range page.DeleteMarkers {
			all = append(all, types.ObjectIdentifier{Key: marker.Key, VersionId: marker.VersionId})
		}
		if len(all) == 0 {
			continue
		}
		answer, err := session.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{
			Bucket: &name, Delete: &types.Delete{Objects: all, Quiet: aws.Bool(true)},
		})
		if err != nil {
			return err
		}
		if len(answer.Errors) > 0 {
			first := answer.Errors[0]
			return errors.New(aws.ToString(first.Key) + ": " + aws.ToString(first.Message))
		}
	}
	return nil
}
