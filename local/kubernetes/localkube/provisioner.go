package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	storagelisters "k8s.io/client-go/listers/storage/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
)

const (
	provisionerName = "pulumi-postgres-ha.local/directory"
	// Set by the scheduler for a claim whose class waits for its first consumer.
	selectedNode = "volume.kubernetes.io/selected-node"
	// Set by the controller manager when a claim is ours to provision.
	storageProvisioner = "volume.kubernetes.io/storage-provisioner"
	// Tells the controller manager that deletion is ours as well.
	provisionedBy = "pv.kubernetes.io/provisioned-by"
)

// provisioner makes a directory a claim. The volumes are `local`, not hostPath: kubelet does
// not apply fsGroup to hostPath volumes, and PostgreSQL's user must own its data directory.
type provisioner struct {
	client   kubernetes.Interface
	claims   corelisters.PersistentVolumeClaimLister
	volumes  corelisters.PersistentVolumeLister
	nodes    corelisters.NodeLister
	classes  storagelisters.StorageClassLister
	root     string
	queue    workqueue.TypedRateLimitingInterface[string]
	volQueue workqueue.TypedRateLimitingInterface[string]
}

func newProvisionerCommand() *cobra.Command {
	var kubeconfig, root string
	command := &cobra.Command{
		Use:   "provisioner",
		Short: "Makes, grows and deletes local PersistentVolumes that are directories under --root/NODE",
		RunE: func(command *cobra.Command, _ []string) error {
			config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
			if err != nil {
				return err
			}
			client, err := kubernetes.NewForConfig(config)
			if err != nil {
				return err
			}
			return runProvisioner(command.Context(), client, root)
		},
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the API server")
	command.Flags().StringVar(&root, "root", "", "folder that holds one folder a node")
	return command
}

func runProvisioner(ctx context.Context, client kubernetes.Interface, root string) error {
	factory := informers.NewSharedInformerFactory(client, 10*time.Minute)
	core := factory.Core().V1()
	limiter := func() workqueue.TypedRateLimiter[string] {
		return workqueue.NewTypedItemExponentialFailureRateLimiter[string](100*time.Millisecond, 10*time.Second)
	}
	p := &provisioner{
		client: client, root: root,
		claims: core.PersistentVolumeClaims().Lister(), volumes: core.PersistentVolumes().Lister(),
		nodes: core.Nodes().Lister(), classes: factory.Storage().V1().StorageClasses().Lister(),
		queue: workqueue.NewTypedRateLimitingQueue(limiter()), volQueue: workqueue.NewTypedRateLimitingQueue(limiter()),
	}
	enqueue := func(queue workqueue.TypedInterface[string]) cache.ResourceEventHandler {
		add := func(object any) {
			if key, err := cache.MetaNamespaceKeyFunc(object); err == nil {
				queue.Add(key)
			}
		}
		return cache.ResourceEventHandlerFuncs{AddFunc: add, UpdateFunc: func(_, object any) { add(object) }}
	}
	if _, err := core.PersistentVolumeClaims().Informer().AddEventHandler(enqueue(p.queue)); err != nil {
		return err
	}
	if _, err := core.PersistentVolumes().Informer().AddEventHandler(enqueue(p.volQueue)); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	klog.InfoS("provisioner is ready", "root", root)
	go work(ctx, p.volQueue, p.syncVolume)
	work(ctx, p.queue, p.syncClaim)
	return nil
}

func work(ctx context.Context, queue workqueue.TypedRateLimitingInterface[string], sync func(context.Context, string) error) {
	for {
		key, stopped := queue.Get()
		if stopped {
			return
		}
		if err := sync(ctx, key); err != nil {
			klog.ErrorS(err, "will be tried again", "key", key)
			queue.AddRateLimited(key)
		} else {
			queue.Forget(key)
		}
		queue.Done(key)
	}
}

func (p *provisioner) syncClaim(ctx context.Context, key string) error {
	namespace, name, err := cache.SplitMetaNamespaceKey(key)
	if err != nil {
		return nil
	}
	claim, err := p.claims.PersistentVolumeClaims(namespace).Get(name)
	if errors.IsNotFound(err) || (claim != nil && claim.DeletionTimestamp != nil) {
		return nil
	}
	if err != nil {
		return err
	}
	if claim.Status.Phase == v1.ClaimBound {
		return p.grow(ctx, claim)
	}
	if claim.Spec.VolumeName == "" && claim.Annotations[storageProvisioner] == provisionerName {
		return p.provision(ctx, claim)
	}
	return nil
}

func (p *provisioner) provision(ctx context.Context, claim *v1.PersistentVolumeClaim) error {
	node := claim.Annotations[selectedNode]
	if node == "" || claim.Spec.StorageClassName == nil {
		return nil // the scheduler has not chosen yet
	}
	class, err := p.classes.Get(*claim.Spec.StorageClassName)
	if err != nil {
		return err
	}
	if _, err := p.nodes.Get(node); errors.IsNotFound(err) {
		// As the CSI provisioner does: without the annotation the scheduler chooses again.
		patch := fmt.Sprintf(`{"metadata":{"annotations":{%q:null}}}`, selectedNode)
		_, err := p.client.CoreV1().PersistentVolumeClaims(claim.Namespace).Patch(ctx, claim.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		return err
	}
	name := "pvc-" + string(claim.UID)
	directory := filepath.Join(p.root, node, name)
	// As a fresh file system's root: owned by root; fsGroup opens it to the pod.
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	mode := v1.PersistentVolumeFilesystem
	policy := v1.PersistentVolumeReclaimDelete
	if class.ReclaimPolicy != nil {
		policy = *class.ReclaimPolicy
	}
	volume := &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedBy: provisionerName}},
		Spec: v1.PersistentVolumeSpec{
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      v1.ResourceList{v1.ResourceStorage: claim.Spec.Resources.Requests[v1.ResourceStorage]},
			PersistentVolumeReclaimPolicy: policy,
			StorageClassName:              class.Name,
			VolumeMode:                    &mode,
			PersistentVolumeSource:        v1.PersistentVolumeSource{Local: &v1.LocalVolumeSource{Path: directory}},
			ClaimRef: &v1.ObjectReference{
				Kind: "PersistentVolumeClaim", APIVersion: "v1", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			NodeAffinity: &v1.VolumeNodeAffinity{Required: &v1.NodeSelector{NodeSelectorTerms: []v1.NodeSelectorTerm{{
				MatchExpressions: []v1.NodeSelectorRequirement{{Key: v1.LabelHostname, Operator: v1.NodeSelectorOpIn, Values: []string{node}}},
			}}}},
		},
	}
	_, err = p.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// grow does what a CSI resizer does for a driver that needs no work on the node: first the
// volume's capacity, then the claim's status.
func (p *provisioner) grow(ctx context.Context, claim *v1.PersistentVolumeClaim) error {
	wanted := claim.Spec.Resources.Requests[v1.ResourceStorage]
	if wanted.Cmp(claim.Status.Capacity[v1.ResourceStorage]) <= 0 {
		return nil
	}
	volume, err := p.volumes.Get(claim.Spec.VolumeName)
	if err != nil {
		return err
	}
	if volume.Annotations[provisionedBy] != provisionerName {
		return nil
	}
	if wanted.Cmp(volume.Spec.Capacity[v1.ResourceStorage]) > 0 {
		patch := capacityPatch("spec", wanted.String())
		if _, err := p.client.CoreV1().PersistentVolumes().Patch(ctx, volume.Name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
			return err
		}
	}
	_, err = p.client.CoreV1().PersistentVolumeClaims(claim.Namespace).
		Patch(ctx, claim.Name, types.MergePatchType, capacityPatch("status", wanted.String()), metav1.PatchOptions{}, "status")
	return err
}

func capacityPatch(part, quantity string) []byte {
	patch, _ := json.Marshal(map[string]any{part: map[string]any{"capacity": map[string]string{"storage": quantity}}})
	return patch
}

func (p *provisioner) syncVolume(ctx context.Context, name string) error {
	volume, err := p.volumes.Get(name)
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	ours := volume.Annotations[provisionedBy] == provisionerName && volume.Spec.Local != nil
	if !ours || volume.Status.Phase != v1.VolumeReleased || volume.Spec.PersistentVolumeReclaimPolicy != v1.PersistentVolumeReclaimDelete {
		return nil
	}
	// The path comes from the API: only what lies under the root is ever deleted.
	if relative, err := filepath.Rel(p.root, volume.Spec.Local.Path); err != nil || !filepath.IsLocal(relative) || relative == "." {
		return nil
	}
	if err := os.RemoveAll(volume.Spec.Local.Path); err != nil {
		return err
	}
	err = p.client.CoreV1().PersistentVolumes().Delete(ctx, name, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(volume.UID))})
	if errors.IsNotFound(err) {
		return nil
	}
	return err
}
