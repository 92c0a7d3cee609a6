// The default StorageClass of the local cluster; localkube's `provisioner` serves it.
import { apply } from './api';
import { provisionerName, storageClassName } from './settings';

export async function createStorageClass(): Promise<void> {
  await apply(`/apis/storage.k8s.io/v1/storageclasses/${storageClassName}`, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: storageClassName,
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: provisionerName,
    reclaimPolicy: 'Delete',
    // A directory lies on one node: the pod's node must be known before the volume is made.
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  });
}
