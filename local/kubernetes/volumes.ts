// Volumes of the local cluster are directories without a limit. A test that needs one which is really full puts a
// file system of a given size in the directory's place, as the node sees it.
import { run, runningPid } from './processes';
import { service } from './node';
import { findNode } from './settings';

/** What is in the directory goes along. No pod may have the volume mounted: kubelet binds what is there when a pod starts. */
export async function limitVolume(node: string, directory: string, megabytes: number): Promise<void> {
  await inMounts(
    node,
    `mkdir ${directory}.kept && cp -a ${directory}/. ${directory}.kept/
     mount -t tmpfs -o mode=755,size=${megabytes}m tmpfs ${directory}
     cp -a ${directory}.kept/. ${directory}/ && rm -r ${directory}.kept`,
  );
}

/** As the storage of a cloud grows it: while pods use it. */
export async function growVolume(node: string, directory: string, megabytes: number): Promise<void> {
  await inMounts(node, `mount -o remount,size=${megabytes}m ${directory}`);
}

/** Takes the file system away; what is in it stays. No pod may have the volume mounted. */
export async function unlimitVolume(node: string, directory: string): Promise<void> {
  await inMounts(
    node,
    `if mountpoint -q ${directory}; then
       mkdir ${directory}.kept && cp -a ${directory}/. ${directory}.kept/
       umount -l ${directory}
       find ${directory} -mindepth 1 -delete
       cp -a ${directory}.kept/. ${directory}/ && rm -r ${directory}.kept
     fi`,
  );
}

/** Megabytes that are in use. */
export async function usedMegabytes(node: string, directory: string): Promise<number> {
  return Number((await inMounts(node, `du -sm ${directory}`)).split('\t')[0]);
}

function inMounts(name: string, script: string): Promise<string> {
  const first = runningPid(service(findNode(name), 'init'));
  if (first === undefined) throw new Error(`${name} is not running: start it first`);
  // With its processes, or /proc would be that of others, and `umount` would find no mount.
  return run('nsenter', `--target=${first}`, '--mount', '--pid', '--', 'sh', '-euc', script);
}
