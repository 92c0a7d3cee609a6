// The image by its Dockerfile, where a Docker engine answers: as any user, on any system. Docker itself knows
// what has changed since the last time.
import { Progress, duration } from '../build/progress';
import { run } from './process';
import { imageDirectory, imageName } from './recipe';

/** Leaves it in the engine, under `imageName`. */
export async function dockerImage(): Promise<void> {
  const progress = new Progress(`docker build of ${imageName}`);
  const lines: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
    progress.detail(line);
  };
  try {
    await run('docker', ['build', '--tag', imageName, imageDirectory], log);
  } catch (error) {
    progress.end(
      `docker build failed after ${duration(progress.seconds())}:\n${lines.slice(-20).join('\n')}`,
    );
    throw error;
  }
  progress.end(`docker built ${imageName} in ${duration(progress.seconds())}`);
}
