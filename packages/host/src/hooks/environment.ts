/** Variables that decide which program or library really runs; no property may set them for a program that runs as root. */
const reserved = /^(?:LD_|PYTHON|PERL|RUBY|NODE_|BASH|DYLD_|GCONV_PATH$|PATH$|IFS$|ENV$|SHELLOPTS$|PS4$|HOME$|_hook_|vmId$)/;
const usable = /^[A-Za-z_]\w{0,254}$/;
/** Longest value of a variable; the kernel takes no more than 128 KiB. */
const maximumValueBytes = 100 * 1024;

/**
 * Custom properties as variables of a hook. Values stay as they are: no shell sees them before the hook does. Names that no variable can
 * have or that would change which program runs are left out and told.
 */
export function propertyVariables(properties: Record<string, string>): { variables: Record<string, string>; leftOut: string[] } {
  const variables: Record<string, string> = {};
  const leftOut: string[] = [];
  for (const [name, value] of Object.entries(properties)) {
    if (usable.test(name) && !reserved.test(name) && !value.includes('\0') && Buffer.byteLength(value) <= maximumValueBytes)
      variables[name] = value;
    else leftOut.push(name);
  }
  return { variables, leftOut };
}
