package main

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

var roleType = &resourceType{
	token: "aws:iam/role:Role", required: []string{"assumeRolePolicy"},
	replaces: []string{"name", "namePrefix", "path"},
	named:    "name", nameLimit: 64,
	computed:  []string{"arn", "createDate", "uniqueId"},
	documents: []string{"assumeRolePolicy"}, tagged: true,
	create: createRole, read: readRole, update: updateRole,
	delete: func(ctx context.Context, session *session, id string, _ properties) error {
		_, err := session.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &id})
		return err
	},
}

func iamTags(in properties) []types.Tag {
	var set []types.Tag
	for key, value := range object(in, "tags") {
		set = append(set, types.Tag{Key: aws.String(key), Value: aws.String(value.(string))})
	}
	return set
}

func roleOutputs(role *types.Role) properties {
	return properties{
		"arn": aws.ToString(role.Arn), "uniqueId": aws.ToString(role.RoleId),
		"createDate": aws.ToTime(role.CreateDate).UTC().Format("2006-01-02T15:04:05Z"),
	}
}

func createRole(ctx context.Context, session *session, in properties) (string, properties, error) {
	made, err := session.iam.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: aws.String(text(in, "name")), AssumeRolePolicyDocument: aws.String(text(in, "assumeRolePolicy")),
		Description: optional(in, "description"), Path: optional(in, "path"), Tags: iamTags(in),
		PermissionsBoundary: optional(in, "permissionsBoundary"), MaxSessionDuration: whole(in, "maxSessionDuration"),
	})
	if err != nil {
		return "", nil, err
	}
	return text(in, "name"), roleOutputs(made.Role), nil
}

func readRole(ctx context.Context, session *session, id string) (properties, error) {
	found, err := session.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &id})
	if err != nil {
		return nil, err
	}
	live := roleOutputs(found.Role)
	live["name"] = id
	live["description"] = aws.ToString(found.Role.Description)
	live["path"] = aws.ToString(found.Role.Path)
	document, err := url.QueryUnescape(aws.ToString(found.Role.AssumeRolePolicyDocument))
	if err != nil {
		return nil, err
	}
	live["assumeRolePolicy"] = document
	tags := map[string]any{}
	for _, tag := range found.Role.Tags {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	live["tags"] = tags
	return live, nil
}

func updateRole(ctx context.Context, session *session, id string, old, in properties) error {
	_, err := session.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
		RoleName: &id, PolicyDocument: aws.String(text(in, "assumeRolePolicy")),
	})
	if err != nil {
		return err
	}
	_, err = session.iam.UpdateRole(ctx, &iam.UpdateRoleInput{
		RoleName: &id, Description: aws.String(text(in, "description")), MaxSessionDuration: whole(in, "maxSessionDuration"),
	})
	if err != nil {
		return err
	}
	if boundary := optional(in, "permissionsBoundary"); boundary != nil {
		_, err = session.iam.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{
			RoleName: &id, PermissionsBoundary: boundary,
		})
	} else if optional(old, "permissionsBoundary") != nil {
		_, err = session.iam.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: &id})
	}
	if err != nil {
		return err
	}
	if removed := removedTags(old, in); len(removed) > 0 {
		if _, err := session.iam.UntagRole(ctx, &iam.UntagRoleInput{RoleName: &id, TagKeys: removed}); err != nil {
			return err
		}
	}
	if set := iamTags(in); len(set) > 0 {
		_, err = session.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: &id, Tags: set})
	}
	return err
}

func removedTags(old, in properties) []string {
	var removed []string
	for key := range object(old, "tags") {
		if _, kept := object(in, "tags")[key]; !kept {
			removed = append(removed, key)
		}
	}
	return removed
}

var rolePolicyType = &resourceType{
	token: "aws:iam/rolePolicy:RolePolicy", required: []string{"policy", "role"},
	replaces: []string{"name", "namePrefix", "role"},
	named:    "name", nameLimit: 128,
	documents: []string{"policy"},
	create: func(ctx context.Context, session *session, in properties) (string, properties, error) {
		return text(in, "role") + ":" + text(in, "name"), nil, putRolePolicy(ctx, session, in)
	},
	read: func(ctx context.Context, session *session, id string) (properties, error) {
		role, name, whole := strings.Cut(id, ":")
		if !whole {
			return nil, errors.New("the id of a role's policy is ROLE:NAME")
		}
		found, err := session.iam.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &role, PolicyName: &name})
		if err != nil {
			return nil, err
		}
		document, err := url.QueryUnescape(aws.ToString(found.PolicyDocument))
		return properties{"role": role, "name": name, "policy": document}, err
	},
	update: func(ctx context.Context, session *session, _ string, _, in properties) error {
		return putRolePolicy(ctx, session, in)
	},
	delete: func(ctx context.Context, session *session, _ string, state properties) error {
		_, err := session.iam.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{
			RoleName: aws.String(text(state, "role")), PolicyName: aws.String(text(state, "name")),
		})
		return err
	},
}

func putRolePolicy(ctx context.Context, session *session, in properties) error {
	_, err := session.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: aws.String(text(in, "role")), PolicyName: aws.String(text(in, "name")),
		PolicyDocument: aws.String(text(in, "policy")),
	})
	return err
}
