package main

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"
)

var associationType = &resourceType{
	token:    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
	required: []string{"clusterName", "namespace", "roleArn", "serviceAccount"},
	replaces: []string{"clusterName", "namespace", "serviceAccount"},
	computed: []string{"associationArn", "associationId", "externalId"}, tagged: true,
	create: createAssociation,
	// The id is CLUSTER,ASSOCIATION when it is imported; in state it is the association's own.
	read: func(ctx context.Context, session *session, id string) (properties, error) {
		cluster, association, whole := strings.Cut(id, ",")
		if !whole {
			return nil, errors.New("a refresh of Pod Identity associations is not supported by the stand-in aws plugin")
		}
		found, err := session.eks.DescribePodIdentityAssociation(ctx, &eks.DescribePodIdentityAssociationInput{
			ClusterName: &cluster, AssociationId: &association,
		})
		if err != nil {
			return nil, err
		}
		return associationProperties(found.Association), nil
	},
	update: func(ctx context.Context, session *session, _ string, old, in properties) error {
		_, err := session.eks.UpdatePodIdentityAssociation(ctx, &eks.UpdatePodIdentityAssociationInput{
			ClusterName: aws.String(text(in, "clusterName")), AssociationId: aws.String(text(old, "associationId")),
			RoleArn: aws.String(text(in, "roleArn")),
		})
		return err
	},
	delete: func(ctx context.Context, session *session, _ string, state properties) error {
		_, err := session.eks.DeletePodIdentityAssociation(ctx, &eks.DeletePodIdentityAssociationInput{
			ClusterName: aws.String(text(state, "clusterName")), AssociationId: aws.String(text(state, "associationId")),
		})
		return err
	},
}

func createAssociation(ctx context.Context, session *session, in properties) (string, properties, error) {
	tags := map[string]string{}
	for key, value := range object(in, "tags") {
		tags[key] = value.(string)
	}
	made, err := session.eks.CreatePodIdentityAssociation(ctx, &eks.CreatePodIdentityAssociationInput{
		ClusterName: aws.String(text(in, "clusterName")), Namespace: aws.String(text(in, "namespace")),
		ServiceAccount: aws.String(text(in, "serviceAccount")), RoleArn: aws.String(text(in, "roleArn")), Tags: tags,
	})
	if err != nil {
		return "", nil, err
	}
	return aws.ToString(made.Association.AssociationId), associationProperties(made.Association), nil
}

func associationProperties(found *types.PodIdentityAssociation) properties {
	return properties{
		"clusterName": aws.ToString(found.ClusterName), "namespace": aws.ToString(found.Namespace),
		"serviceAccount": aws.ToString(found.ServiceAccount), "roleArn": aws.ToString(found.RoleArn),
		"associationArn": aws.ToString(found.AssociationArn), "associationId": aws.ToString(found.AssociationId),
		"externalId": aws.ToString(found.ExternalId),
	}
}
