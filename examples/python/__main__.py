"""A cluster with a user and a database, and a restart of its members when the configuration names one."""

import pulumi
import pulumi_postgres_ha as postgres

config = pulumi.Config()

hippo = postgres.PostgresCluster(
    "hippo",
    # It must exist, and is no part of this stack: with it the volumes would go.
    namespace=config.get("namespace") or "databases",
    # Where your nodes get the image; a local cluster has it already.
    image=config.get("image"),
    replicas=1,
    synchronous=postgres.Synchronous.QUORUM,
    users=[postgres.UserArgs(name="app")],
    databases=[postgres.DatabaseArgs(name="shop", owner="app")],
    storage=postgres.VolumeArgs(size="1Gi"),
)

# `pulumi config set restart "2026-11-24 memory"`: the preview shows which member restarts when; `up` does it, once.
restart = config.get("restart")
if restart:
    postgres.Restart(
        "restart",
        cluster=hippo.cluster_name,
        namespace=hippo.namespace,
        trigger=restart,
    )

pulumi.export("primary", hippo.primary_host)
pulumi.export("secrets", hippo.user_secrets)

# Who leads, who follows and how far behind, as it is now.
members = postgres.get_members_output(cluster=hippo.cluster_name, namespace=hippo.namespace).members
pulumi.export("roles", members.apply(lambda all: {one.name: one.role for one in all}))
