package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sort"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"pulumi-postgres-ha/local/pulumi/protocol/wire"
)

// session is the account and region that the provider works in.
type session struct {
	region      string
	defaultTags map[string]string
	s3          *s3.Client
	iam         *iam.Client
	kms         *kms.Client
	eks         *eks.Client
	sts         *sts.Client
}

func (p *provider) CheckConfig(
	_ context.Context, request *pulumirpc.CheckRequest,
) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: request.GetNews()}, nil
}

// DiffConfig never asks for replacement: the real plugin, too, leaves what was made in another region where it is.
func (p *provider) DiffConfig(
	_ context.Context, request *pulumirpc.DiffRequest,
) (*pulumirpc.DiffResponse, error) {
	olds, news := wire.PlainMap(wire.Decode(request.GetOlds())), wire.PlainMap(wire.Decode(request.GetNews()))
	var changed []string
	for key := range mergedKeys(olds, news) {
		if key != "version" && !reflect.DeepEqual(olds[key], news[key]) {
			changed = append(changed, key)
		}
	}
	sort.Strings(changed)
	if len(changed) == 0 {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME, Diffs: changed}, nil
}

// settings are the provider's arguments; all but texts come as JSON.
type settings map[string]string

func (s settings) get(name string) string { return s["aws:config:"+name] }

func (s settings) enabled(name string) bool { return s.get(name) == "true" }

func (s settings) into(name string, target any) error {
	text := s.get(name)
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), target); err != nil {
		return fmt.Errorf("the provider's argument %s is no JSON of its kind: %w", name, err)
	}
	return nil
}

func (p *provider) Configure(
	ctx context.Context, request *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	given := settings(request.GetVariables()) //nolint:staticcheck // the engine still sends them
	p.keep = request.GetAcceptSecrets()
	session, err := newSession(ctx, given)
	if err != nil {
		return nil, err
	}
	p.aws = session
	return &pulumirpc.ConfigureResponse{
		AcceptSecrets: true, SupportsPreview: true, SupportsAutonamingConfiguration: true,
	}, nil
}

func newSession(ctx context.Context, given settings) (*session, error) {
	var options []func(*config.LoadOptions) error
	if region := given.get("region"); region != "" {
		options = append(options, config.WithRegion(region))
	}
	if profile := given.get("profile"); profile != "" {
		options = append(options, config.WithSharedConfigProfile(profile))
	}
	if key := given.get("accessKey"); key != "" {
		options = append(options, config.WithCredentialsProvider(
			credentials.NewStaticCredentialsProvider(key, given.get("secretKey"), given.get("token"))))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, err
	}
	if loaded.Region == "" {
		return nil, errors.New("invalid AWS Region: set aws:region in the stack's configuration, " +
			"or AWS_REGION in the environment")
	}
	var endpoints []map[string]string
	var tags struct {
		Tags map[string]string `json:"tags"`
	}
	if err := errors.Join(given.into("endpoints", &endpoints), given.into("defaultTags", &tags)); err != nil {
		return nil, err
	}
	endpoint := func(service string) *string {
		for _, each := range endpoints {
			if url := each[service]; url != "" {
				return aws.String(url)
			}
		}
		return nil // AWS_ENDPOINT_URL, or AWS itself
	}
	made := &session{region: loaded.Region, defaultTags: tags.Tags}
	made.s3 = s3.NewFromConfig(loaded, func(o *s3.Options) {
		o.UsePathStyle = given.enabled("s3UsePathStyle")
		setEndpoint(&o.BaseEndpoint, endpoint("s3"))
	})
	made.iam = iam.NewFromConfig(loaded, func(o *iam.Options) { setEndpoint(&o.BaseEndpoint, endpoint("iam")) })
	made.kms = kms.NewFromConfig(loaded, func(o *kms.Options) { setEndpoint(&o.BaseEndpoint, endpoint("kms")) })
	made.eks = eks.NewFromConfig(loaded, func(o *eks.Options) { setEndpoint(&o.BaseEndpoint, endpoint("eks")) })
	made.sts = sts.NewFromConfig(loaded, func(o *sts.Options) { setEndpoint(&o.BaseEndpoint, endpoint("sts")) })
	if given.enabled("skipCredentialsValidation") {
		return made, nil
	}
	if _, err := made.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
		return nil, fmt.Errorf("unable to validate AWS credentials: %w", err)
	}
	return made, nil
}

func setEndpoint(target **string, given *string) {
	if given != nil {
		*target = given
	}
}

func mergedKeys(maps ...map[string]any) map[string]bool {
	keys := map[string]bool{}
	for _, each := range maps {
		for key := range each {
			keys[key] = true
		}
	}
	return keys
}
