package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// Invoke answers the functions in use.
func (p *provider) Invoke(
	ctx context.Context, request *pulumirpc.InvokeRequest,
) (*pulumirpc.InvokeResponse, error) {
	arguments := wire.PlainMap(wire.Decode(request.GetArgs()))
	result, err := p.call(ctx, request.GetTok(), arguments)
	if err != nil {
		return nil, fmt.Errorf("invoking %s: %w", request.GetTok(), err)
	}
	return &pulumirpc.InvokeResponse{Return: p.properties(result)}, nil
}

func (p *provider) call(ctx context.Context, token string, in properties) (properties, error) {
	switch token {
	case "aws:index/getRegion:getRegion":
		region := p.aws.region
		return properties{"id": region, "region": region, "name": region,
			"endpoint": "ec2." + region + "." + partitionOf(region).dnsSuffix, "description": region}, nil
	case "aws:index/getPartition:getPartition":
		found := partitionOf(p.aws.region)
		labels := strings.Split(found.dnsSuffix, ".")
		for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
			labels[i], labels[j] = labels[j], labels[i]
		}
		return properties{"id": found.name, "partition": found.name, "dnsSuffix": found.dnsSuffix,
			"reverseDnsPrefix": strings.Join(labels, ".")}, nil
	case "aws:index/getCallerIdentity:getCallerIdentity":
		who, err := p.aws.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			return nil, err
		}
		return properties{"id": aws.ToString(who.Account), "accountId": aws.ToString(who.Account),
			"arn": aws.ToString(who.Arn), "userId": aws.ToString(who.UserId)}, nil
	case "aws:s3/getBucket:getBucket":
		return p.bucket(ctx, text(in, "bucket"))
	}
	return nil, fmt.Errorf("the stand-in aws plugin does not have it: use the real one where its download can be reached")
}

func (p *provider) bucket(ctx context.Context, name string) (properties, error) {
	head, err := p.aws.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &name})
	if isGone(err) {
		return nil, fmt.Errorf("there is no bucket %q", name)
	}
	if err != nil {
		return nil, err
	}
	region := aws.ToString(head.BucketRegion)
	if region == "" {
		region = p.aws.region
	}
	return properties{
		"id": name, "bucket": name, "arn": bucketARN(p.aws.region, name), "region": p.aws.region, "bucketRegion": region,
	}, nil
}

type partition struct{ name, dnsSuffix string }

func partitionOf(region string) partition {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return partition{"aws-cn", "amazonaws.com.cn"}
	case strings.HasPrefix(region, "us-gov-"):
		return partition{"aws-us-gov", "amazonaws.com"}
	case strings.HasPrefix(region, "eusc-"):
		return partition{"aws-eusc", "amazonaws.eu"}
	}
	return partition{"aws", "amazonaws.com"}
}

func bucketARN(region, name string) string {
	return "arn:" + partitionOf(region).name + ":s3:::" + name
}
