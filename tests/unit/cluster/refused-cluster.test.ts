import { UNKNOWN } from '../../../provider/cluster/spec';
import { refuses } from './refused';

refuses('arguments of the cluster', [
  [
    'a name with capitals and an underscore',
    {},
    'name: found "My_Shop"; allowed: small letters a-z, digits and "-", beginning with a letter and ending with a letter or digit. For example "my-shop". [name-not-a-dns-label]',
    'My_Shop',
  ],
  [
    'a name that begins with a digit',
    {},
    'name: found "1shop"; allowed: small letters a-z, digits and "-", beginning with a letter and ending with a letter or digit. For example "shop". [name-not-a-dns-label]',
    '1shop',
  ],
  [
    'a name too long for its CronJob',
    {},
    'name: found 34 characters; allowed: at most 33, since CronJob "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-renew-certificates" may have 52. [name-too-long]',
    'a'.repeat(34),
  ],
  [
    'a namespace that is none',
    { namespace: 'Shop' },
    'namespace: found "Shop"; allowed: the name of a namespace: at most 63 small letters a-z, digits and "-". [namespace-not-a-dns-label]',
  ],
  [
    'a removed member of another cluster',
    { remove: ['rhino-2'] },
    'remove[0]: found "rhino-2"; allowed: the name of a member: "hippo-" and its number. For example "hippo-2". [remove-not-a-member]',
  ],
  [
    'a removed member with a leading zero',
    { remove: ['hippo-02'] },
    'remove[0]: found "hippo-02"; allowed: the name of a member: "hippo-" and its number. For example "hippo-2". [remove-not-a-member]',
  ],
  [
    'a removed member by its pod',
    { remove: ['hippo-2-0'] },
    'remove[0]: found "hippo-2-0"; allowed: the name of a member: "hippo-" and its number. For example "hippo-2". [remove-not-a-member]',
  ],
  [
    'a member removed twice',
    { remove: ['hippo-2', 'hippo-2'] },
    'remove[1]: found "hippo-2" again; allowed: each member once. [remove-twice]',
  ],
  [
    'half a replica',
    { replicas: 1.5 },
    'replicas: found 1.5; allowed: a whole number, from 0 to 20. [not-a-number-in-range]',
  ],
  [
    'fewer than no replicas',
    { replicas: -1 },
    'replicas: found -1; allowed: a whole number, from 0 to 20. [not-a-number-in-range]',
  ],
  [
    'too many replicas',
    { replicas: 21 },
    'replicas: found 21; allowed: a whole number, from 0 to 20. [not-a-number-in-range]',
  ],
  [
    'replicas as text',
    { replicas: '2' },
    'replicas: found "2"; allowed: a whole number, from 0 to 20. [not-a-number-in-range]',
  ],
  [
    'replicas that the preview does not know',
    { replicas: UNKNOWN },
    'replicas: found a value that is known only during up; allowed: a value that the preview knows, since it decides which resources exist. Write it in the program or in the stack configuration. [not-known-in-preview]',
  ],
  [
    'an argument with a typo',
    { storage: { sizes: '1Gi' } },
    'storage.sizes: found an argument that does not exist; allowed: size or storageClass. Did you mean "size"? [unknown-argument]',
  ],
  [
    'an argument that is not close to any',
    { patroni: { foo: 1 } },
    'patroni.foo: found an argument that does not exist; allowed: ttl, loopWait, retryTimeout, failsafeMode or maximumLagOnFailover. [unknown-argument]',
  ],
  [
    'a mode with a typo',
    { synchronous: 'quorom' },
    'synchronous: found "quorom"; allowed: "async", "sync", "strict" or "quorum". Did you mean "quorum"? [not-a-choice]',
  ],
  [
    'a version that is not in the image',
    { postgresVersion: 16 },
    'postgresVersion: found 16; allowed: 17 or 18. [not-a-choice]',
  ],
  [
    'a restart policy',
    { restartPolicy: 'never' },
    'restartPolicy: found "never"; allowed: "rolling", "inPlace" or "manual". [not-a-choice]',
  ],
  [
    'a deletion policy',
    { deletionPolicy: 'keep' },
    'deletionPolicy: found "keep"; allowed: "retain" or "delete". [not-a-choice]',
  ],
  [
    'an anti-affinity',
    { scheduling: { antiAffinity: 'on' } },
    'scheduling.antiAffinity: found "on"; allowed: "preferred", "required" or "disabled". [not-a-choice]',
  ],
  [
    'a Service type',
    { service: { type: 'Loadbalancer' } },
    'service.type: found "Loadbalancer"; allowed: "ClusterIP", "NodePort" or "LoadBalancer". Did you mean "LoadBalancer"? [not-a-choice]',
  ],
  [
    'a pull policy',
    { imagePullPolicy: 'always' },
    'imagePullPolicy: found "always"; allowed: "Always", "IfNotPresent" or "Never". Did you mean "Always"? [not-a-choice]',
  ],
  [
    'days of a certificate',
    { tls: { certificateDays: 1000 } },
    'tls.certificateDays: found 1000; allowed: a whole number of days, from 1 to 825. [not-a-number-in-range]',
  ],
  [
    'strict without a replica',
    { replicas: 0, synchronous: 'strict' },
    'synchronous: found "strict" with replicas: 0; allowed: "strict" with at least one replica. Write replicas: 1 or more, or synchronous: "async". [synchronous-without-replica]',
  ],
  [
    'quorum beyond the replicas',
    { replicas: 1, synchronous: 'quorum', synchronousNumber: 2 },
    'synchronousNumber: found 2 with replicas: 1; allowed: at most the number of replicas, 1. Write synchronousNumber: 1, or replicas: 2 or more. [synchronous-number-beyond-replicas]',
  ],
  [
    'ttl that Patroni would raise',
    { patroni: { ttl: 10 } },
    'patroni.ttl: found 10; allowed: a whole number of seconds, from 20 to 3600. [not-a-number-in-range]',
  ],
  [
    'loopWait that Patroni would raise',
    { patroni: { loopWait: 0 } },
    'patroni.loopWait: found 0; allowed: a whole number of seconds, from 1 to 3600. [not-a-number-in-range]',
  ],
  [
    'timing that Patroni would change',
    { patroni: { loopWait: 10, retryTimeout: 10 } },
    'patroni: found ttl 20, loopWait 10, retryTimeout 10; allowed: loopWait + 2 · retryTimeout (here 30) of at most ttl; Patroni would change them silently. Write ttl: 30, or retryTimeout: 5. [timing-adjusted-by-patroni]',
  ],
  [
    'bytes as PostgreSQL writes them',
    { storage: { size: '100GB' } },
    'storage.size: found "100GB"; allowed: a size, at least 512Mi, for example "100Gi". Did you mean "100Gi"? [not-a-quantity]',
  ],
  [
    'memory in thousandths',
    { resources: { memory: '512m' } },
    'resources.memory: found "512m"; allowed: memory, at least 64Mi, for example "4Gi". Did you mean "512Mi"? [quantity-too-small]',
  ],
  [
    'a size with a space',
    { storage: { size: '10 Gi' } },
    'storage.size: found "10 Gi"; allowed: a size, at least 512Mi, for example "100Gi". Did you mean "10Gi"? [not-a-quantity]',
  ],
  [
    'a volume too small',
    { walStorage: { size: '100Mi' } },
    'walStorage.size: found "100Mi"; allowed: a size, at least 512Mi, for example "100Gi". [quantity-too-small]',
  ],
  [
    'no CPU',
    { resources: { cpu: '0' } },
    'resources.cpu: found "0"; allowed: CPU, for example "500m" or "2". [quantity-too-small]',
  ],
  [
    'a CPU limit below the request',
    { resources: { cpu: '2', cpuLimit: '1500m' } },
    'resources.cpuLimit: found "1500m"; allowed: at least resources.cpu, "2". [cpu-limit-below-request]',
  ],
  [
    'memory too small for the defaults',
    { resources: { memory: '128Mi' } },
    'resources.memory: found 128Mi; allowed: at least 219Mi: a quarter for shared_buffers, 100 connections of 1MB, 64MB for the server. Give more memory, or lower shared_buffers or max_connections. [memory-too-small]',
  ],
  [
    'memory too small for shared_buffers',
    { resources: { memory: '1Gi' }, config: { parameters: { shared_buffers: '1GB' } } },
    'resources.memory: found 1Gi; allowed: at least 1188Mi: shared_buffers 1GB, 100 connections of 1MB, 64MB for the server. Give more memory, or lower shared_buffers or max_connections. [memory-too-small]',
  ],
  [
    'memory too small for max_connections',
    { config: { parameters: { max_connections: '5000' } } },
    'resources.memory: found 512Mi; allowed: at least 6752Mi: a quarter for shared_buffers, 5000 connections of 1MB, 64MB for the server. Give more memory, or lower shared_buffers or max_connections. [memory-too-small]',
  ],
  [
    'an image',
    { image: 'my image' },
    'image: found "my image"; allowed: REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST. [image-reference]',
  ],
  [
    'a label of the package',
    { metadata: { labels: { 'app.kubernetes.io/name': 'x' } } },
    'metadata.labels: found "app.kubernetes.io/name"; allowed: keys other than app.kubernetes.io/…, which the cluster sets itself. [reserved-key]',
  ],
  [
    'a label key',
    { metadata: { labels: { '-team': 'x' } } },
    'metadata.labels: found "-team"; allowed: a name of at most 63 letters, digits, "-", "_" and ".", after "domain/" if you like. [label-key]',
  ],
  [
    'a label value',
    { scheduling: { nodeSelector: { disk: 'very fast' } } },
    'scheduling.nodeSelector.disk: found "very fast"; allowed: at most 63 letters, digits, "-", "_" and ".", with a letter or digit first and last, or nothing. [label-value]',
  ],
  [
    "Patroni's annotation",
    { metadata: { annotations: { status: 'x' } } },
    'metadata.annotations: found "status"; allowed: keys other than status, which the cluster sets itself. [reserved-key]',
  ],
  [
    'a toleration without a key',
    { scheduling: { tolerations: [{ effect: 'NoSchedule' }] } },
    'scheduling.tolerations[0]: found no key; allowed: a key, or operator: "Exists", which tolerates every taint. [toleration]',
  ],
  [
    'a toleration of any value',
    { scheduling: { tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] } },
    'scheduling.tolerations[0].value: found "b" with operator: "Exists"; allowed: a value with operator: "Equal" only. [toleration]',
  ],
  [
    'seconds of another effect',
    {
      scheduling: {
        tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }],
      },
    },
    'scheduling.tolerations[0].tolerationSeconds: found it with effect: "NoSchedule"; allowed: it with effect: "NoExecute" only. [toleration]',
  ],
  [
    'an effect',
    { scheduling: { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoRun' }] } },
    'scheduling.tolerations[0].effect: found "NoRun"; allowed: "NoSchedule", "PreferNoSchedule" or "NoExecute". [not-a-choice]',
  ],
  [
    'a storage class',
    { storage: { storageClass: 'Fast' } },
    'storage.storageClass: found "Fast"; allowed: the name of a StorageClass: small letters, digits, "-" and ".". [object-name]',
  ],
  [
    "the cluster's own Secret",
    { tls: { serverSecret: 'hippo-server' } },
    'tls.serverSecret: found "hippo-server"; allowed: a Secret that the cluster does not write itself. [own-secret]',
  ],
  [
    'a quantity with decimals in thousandths',
    { resources: { cpu: '0.1m' } },
    'resources.cpu: found "0.1m"; allowed: CPU, for example "500m" or "2". [quantity-too-small]',
  ],
]);
