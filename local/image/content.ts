// What the image is, read from the files in image/ that the Dockerfile uses too, so that the two ways of
// making it cannot drift apart. Pure: text in, values out.

export interface ImageConfig {
  user: string;
  workingDirectory: string;
  stopSignal: string;
  entrypoint: string[];
  command: string[];
  /** NAME=value, in the order of the Dockerfile. */
  environment: string[];
  labels: Record<string, string>;
}

/** The lines of packages.txt or suites.txt without comments. */
export function listed(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}

/** The instructions of the Dockerfile's last stage; an instruction that is not understood is an error. */
export function imageConfig(dockerfile: string): ImageConfig {
  const lines = dockerfile.split('\n');
  const lastStage = lines.findLastIndex((line) => /^FROM\s/i.test(line));
  if (lastStage < 0) throw new Error('the Dockerfile has no FROM instruction');
  const config: ImageConfig = {
    user: '',
    workingDirectory: '/',
    stopSignal: 'SIGTERM',
    entrypoint: [],
    command: [],
    environment: [],
    labels: {},
  };
  for (const line of lines.slice(lastStage + 1)) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const instruction = /^([A-Z]+)\s+(.*)$/.exec(line.trim());
    apply(config, instruction?.[1] ?? '', instruction?.[2] ?? line);
  }
  return config;
}

function apply(config: ImageConfig, name: string, value: string): void {
  switch (name) {
    case 'COPY': // The content itself, which the recipe puts there.
      return;
    case 'ENV':
      config.environment.push(assignment(name, value).join('='));
      return;
    case 'LABEL': {
      const [label, text] = assignment(name, value);
      config.labels[label] = text;
      return;
    }
    case 'USER':
      config.user = value;
      return;
    case 'WORKDIR':
      config.workingDirectory = value;
      return;
    case 'STOPSIGNAL':
      config.stopSignal = value;
      return;
    case 'ENTRYPOINT':
      config.entrypoint = execForm(name, value);
      return;
    case 'CMD':
      config.command = execForm(name, value);
      return;
    default:
      throw new Error(
        `the Dockerfile's last stage has "${name} ${value}"; allowed are COPY, ENV, LABEL, USER, WORKDIR, ` +
          `STOPSIGNAL, ENTRYPOINT and CMD, one line each; write it so or teach local/image/content.ts`,
      );
  }
}

function assignment(name: string, value: string): [string, string] {
  const match = /^([A-Za-z_][\w.-]*)=([^\s"'\\$]*)$/.exec(value);
  if (!match) {
    throw new Error(
      `${name} ${value}: one NAME=value a line, without spaces, quotes or variables, is allowed`,
    );
  }
  return [match[1] ?? '', match[2] ?? ''];
}

function execForm(name: string, value: string): string[] {
  if (!value.startsWith('['))
    throw new Error(`${name} ${value}: only the JSON form ["program", …] is allowed`);
  return JSON.parse(value) as string[];
}
