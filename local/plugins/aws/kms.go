package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

var keyType = &resourceType{
	token:    "aws:kms/key:Key",
	replaces: []string{"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"},
	computed: []string{"arn", "keyId", "policy", "rotationPeriodInDays"}, documents: []string{"policy"}, tagged: true,
	create: createKey, read: readKey, update: updateKey,
	delete: func(ctx context.Context, session *session, id string, state properties) error {
		_, err := session.kms.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{
			KeyId: &id, PendingWindowInDays: whole(state, "deletionWindowInDays"),
		})
		return err
	},
}

func kmsTags(in properties) []types.Tag {
	var set []types.Tag
	for key, value := range object(in, "tags") {
		set = append(set, types.Tag{TagKey: aws.String(key), TagValue: aws.String(value.(string))})
	}
	return set
}

func createKey(ctx context.Context, session *session, in properties) (string, properties, error) {
	made, err := session.kms.CreateKey(ctx, &kms.CreateKeyInput{
		Description: optional(in, "description"), Tags: kmsTags(in), Policy: optional(in, "policy"),
		MultiRegion: aws.Bool(flag(in, "multiRegion")),
	})
	if err != nil {
		return "", nil, err
	}
	id := aws.ToString(made.KeyMetadata.KeyId)
	if err := rotate(ctx, session, id, in); err != nil {
		return "", nil, err
	}
	outputs := properties{"arn": aws.ToString(made.KeyMetadata.Arn), "keyId": id}
	found, err := session.kms.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default")})
	if err == nil {
		outputs["policy"] = aws.ToString(found.Policy)
	}
	return id, outputs, err
}

func rotate(ctx context.Context, session *session, id string, in properties) error {
	if flag(in, "enableKeyRotation") {
		_, err := session.kms.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: &id})
		return err
	}
	_, err := session.kms.DisableKeyRotation(ctx, &kms.DisableKeyRotationInput{KeyId: &id})
	return err
}

func readKey(ctx context.Context, session *session, id string) (properties, error) {
	found, err := session.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &id})
	if err != nil {
		return nil, err
	}
	if found.KeyMetadata.KeyState == types.KeyStatePendingDeletion {
		return nil, nil
	}
	rotation, err := session.kms.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &id})
	if err != nil {
		return nil, err
	}
	set, err := session.kms.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: &id})
	if err != nil {
		return nil, err
	}
	tags := map[string]any{}
	for _, tag := range set.Tags {
		tags[aws.ToString(tag.TagKey)] = aws.ToString(tag.TagValue)
	}
	return properties{
		"arn": aws.ToString(found.KeyMetadata.Arn), "keyId": aws.ToString(found.KeyMetadata.KeyId),
		"description": aws.ToString(found.KeyMetadata.Description), "enableKeyRotation": rotation.KeyRotationEnabled, "tags": tags,
	}, nil
}

func updateKey(ctx context.Context, session *session, id string, old, in properties) error {
	_, err := session.kms.UpdateKeyDescription(ctx, &kms.UpdateKeyDescriptionInput{
		KeyId: &id, Description: aws.String(text(in, "description")),
	})
	if err != nil {
		return err
	}
	if err := rotate(ctx, session, id, in); err != nil {
		return err
	}
	if removed := removedTags(old, in); len(removed) > 0 {
		if _, err := session.kms.UntagResource(ctx, &kms.UntagResourceInput{KeyId: &id, TagKeys: removed}); err != nil {
			return err
		}
	}
	if set := kmsTags(in); len(set) > 0 {
		_, err = session.kms.TagResource(ctx, &kms.TagResourceInput{KeyId: &id, Tags: set})
	}
	return err
}
