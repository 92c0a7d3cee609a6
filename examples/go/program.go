package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"pulumi-postgres-ha/sdk/go/postgresha"
)

func program(ctx *pulumi.Context) error {
	settings := config.New(ctx, "")
	// It must exist, and is no part of this stack: with it the volumes would go.
	namespace := settings.Get("namespace")
	if namespace == "" {
		namespace = "databases"
	}
	args := &postgresha.PostgresClusterArgs{
		Namespace:   pulumi.String(namespace),
		Replicas:    pulumi.IntRef(1),
		Synchronous: postgresha.SynchronousQuorum,
		Users:       []postgresha.UserArgs{{Name: pulumi.String("app")}},
		Databases:   []postgresha.DatabaseArgs{{Name: pulumi.String("shop"), Owner: pulumi.String("app")}},
		Storage:     &postgresha.VolumeArgs{Size: pulumi.String("1Gi")},
	}
	// Where your nodes get the image; a local cluster has it already.
	if image := settings.Get("image"); image != "" {
		args.Image = pulumi.String(image)
	}
	hippo, err := postgresha.NewPostgresCluster(ctx, "hippo", args)
	if err != nil {
		return err
	}

	// `pulumi config set restart "2026-11-24 memory"`: the preview shows which member restarts when; `up` does it, once.
	if trigger := settings.Get("restart"); trigger != "" {
		_, err := postgresha.NewRestart(ctx, "restart", &postgresha.RestartArgs{
			Cluster:   hippo.ClusterName,
			Namespace: hippo.Namespace,
			Trigger:   pulumi.String(trigger),
		})
		if err != nil {
			return err
		}
	}

	ctx.Export("primary", hippo.PrimaryHost)
	ctx.Export("secrets", hippo.UserSecrets)
	return nil
}
