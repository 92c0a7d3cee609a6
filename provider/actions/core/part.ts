/** Resources of ours that the component makes: in a program they are dynamic, in the plugin they are its own custom resources. */
import * as pulumi from '@pulumi/pulumi';

/** What both forms give. */
export interface Part extends pulumi.CustomResource {
  /** What was planned, by trigger. */
  readonly plan: pulumi.Output<Record<string, string[]>>;
}

export function dynamicType(type: string): string {
  return `pulumi-nodejs:dynamic/postgres-ha:${type}`;
}

export function pluginType(type: string): string {
  return `postgres-ha:index:${type}`;
}

/** A resource in the one form is the same in the other: the state of it is taken over, and nothing is done again. */
export function knownAs(type: string, opts: pulumi.CustomResourceOptions | undefined) {
  return pulumi.mergeOptions(opts, { aliases: [{ type }] }) as pulumi.CustomResourceOptions;
}

let served: string | undefined;

/** This process is the plugin, of that version; undefined: it is a program. */
export function servePlugin(version: string | undefined): void {
  served = version;
}

/** In the plugin: the part as its own resource; undefined in a program. */
export function pluginPart(
  type: string,
  name: string,
  args: object,
  opts: pulumi.CustomResourceOptions,
): Part | undefined {
  return served === undefined ? undefined : new PluginPart(type, name, args, { ...opts, version: served });
}

class PluginPart extends pulumi.CustomResource implements Part {
  declare readonly plan: pulumi.Output<Record<string, string[]>>;

  constructor(type: string, name: string, args: object, opts: pulumi.CustomResourceOptions) {
    const computed = { plan: undefined, planDigest: undefined, identity: undefined };
    super(pluginType(type), name, { ...computed, ...args }, knownAs(dynamicType(type), opts));
  }
}
