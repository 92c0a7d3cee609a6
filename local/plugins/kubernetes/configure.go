package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// config is what the provider resource or the stack's configuration says.
type config struct {
	acceptSecrets           bool
	namespace               string
	serverSideApply         bool
	patchForce              bool
	upsert                  bool
	configMapMutable        bool
	secretMutable           bool
	deleteUnreachable       bool
	skipUpdateUnreachable   bool
	suppressHelmHookWarning bool
	// unreachable says why there is no cluster to talk to; "" when there is one.
	unreachable string
}

// settings reads the configuration; most of it has an environment variable to fall back on.
type settings map[string]string

func (s settings) get(name string) string { return s["kubernetes:config:"+name] }

func (s settings) enabled(name, variable string, otherwise bool) bool {
	if value, ok := s["kubernetes:config:"+name]; ok {
		return value == "true"
	}
	if value, ok := os.LookupEnv(variable); ok {
		return value == "true"
	}
	return otherwise
}

func (p *provider) Configure(
	_ context.Context, request *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	given := settings(request.GetVariables()) //nolint:staticcheck // the engine still sends them
	if given.get("renderYamlToDirectory") != "" {
		return nil, fmt.Errorf("renderYamlToDirectory is not supported by the stand-in kubernetes plugin: " +
			"use the real one where its download can be reached")
	}
	p.config = config{
		acceptSecrets:           request.GetAcceptSecrets(),
		namespace:               given.get("namespace"),
		serverSideApply:         given.enabled("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", true),
		patchForce:              given.enabled("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE", false),
		upsert:                  given.enabled("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS", false),
		configMapMutable:        given.enabled("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE", false),
		secretMutable:           given.enabled("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE", false),
		deleteUnreachable:       given.enabled("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE", false),
		skipUpdateUnreachable:   given.enabled("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE", false),
		suppressHelmHookWarning: given.enabled("suppressHelmHookWarnings", "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS", false),
	}
	rest, err := p.clientConfig(given)
	if err != nil {
		return nil, err
	}
	if rest != nil {
		p.cluster, err = newCluster(rest)
		if err != nil {
			return nil, err
		}
		if err := p.cluster.reach(p.operations); err != nil {
			p.config.unreachable = fmt.Sprintf("unable to load schema information from the API server: %v", err)
		}
	}
	return &pulumirpc.ConfigureResponse{
		AcceptSecrets: true, SupportsPreview: true, SupportsAutonamingConfiguration: true,
	}, nil
}

// clientConfig finds the cluster and the credentials. What is wrong with them makes the cluster
// unreachable rather than the configuration wrong: a stack must stay usable without its cluster.
func (p *provider) clientConfig(given settings) (*rest.Config, error) {
	overrides := &clientcmd.ConfigOverrides{
		Context:        clientcmdapi.Context{Cluster: given.get("cluster"), Namespace: p.config.namespace},
		CurrentContext: given.get("context"),
	}
	var kubeconfig clientcmd.ClientConfig
	if pathOrContent := given.get("kubeconfig"); pathOrContent != "" {
		parsed, err := parseKubeconfig(pathOrContent)
		if err != nil {
			p.config.unreachable = fmt.Sprintf("failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- %v", err)
			return nil, nil
		}
		kubeconfig = clientcmd.NewDefaultClientConfig(*parsed, overrides)
	} else {
		rules := clientcmd.NewDefaultClientConfigLoadingRules()
		rules.DefaultClientConfig = &clientcmd.DefaultClientConfig
		kubeconfig = clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	}
	if namespace, _, err := kubeconfig.Namespace(); err == nil {
		p.config.namespace = namespace
	}
	client, err := kubeconfig.ClientConfig()
	if err != nil {
		p.config.unreachable = fmt.Sprintf("unable to load Kubernetes client configuration from kubeconfig file: %v", err)
		return nil, nil
	}
	if err := limits(client, given); err != nil {
		return nil, err
	}
	client.WarningHandler = rest.NoWarnings{}
	client.UserAgent = "pulumi-kubernetes"
	return client, nil
}

// limits sets the client's rate limits: the plugin's defaults, kubeClientSettings, environment.
func limits(client *rest.Config, given settings) error {
	var chosen struct {
		Burst   *int     `json:"burst"`
		QPS     *float64 `json:"qps"`
		Timeout *int     `json:"timeout"`
	}
	if text := given.get("kubeClientSettings"); text != "" {
		if err := json.Unmarshal([]byte(text), &chosen); err != nil {
			return fmt.Errorf("failed to unmarshal kubeClientSettings option: %w", err)
		}
	}
	client.Burst, client.QPS = 120, 50
	if value, err := strconv.Atoi(os.Getenv("PULUMI_K8S_CLIENT_BURST")); err == nil {
		client.Burst = value
	}
	if value, err := strconv.ParseFloat(os.Getenv("PULUMI_K8S_CLIENT_QPS"), 32); err == nil {
		client.QPS = float32(value)
	}
	if value, err := strconv.Atoi(os.Getenv("PULUMI_K8S_CLIENT_TIMEOUT")); err == nil {
		client.Timeout = time.Duration(value) * time.Second
	}
	if chosen.Burst != nil {
		client.Burst = *chosen.Burst
	}
	if chosen.QPS != nil {
		client.QPS = float32(*chosen.QPS)
	}
	if chosen.Timeout != nil {
		client.Timeout = time.Duration(*chosen.Timeout) * time.Second
	}
	return nil
}

// parseKubeconfig takes the path of a kubeconfig or its content.
func parseKubeconfig(pathOrContent string) (*clientcmdapi.Config, error) {
	if pathOrContent == "" {
		return &clientcmdapi.Config{}, nil
	}
	if home, err := os.UserHomeDir(); err == nil {
		if rest, ok := strings.CutPrefix(pathOrContent, "~/"); ok {
			pathOrContent = home + "/" + rest
		}
	}
	if content, err := os.ReadFile(pathOrContent); err == nil {
		return clientcmd.Load(content)
	}
	return clientcmd.Load([]byte(pathOrContent))
}
