// Runs inside a virtual host: start-libvirtd.ts '{"dataDir": …}', the options of startPrivateLibvirtd.
import { startPrivateLibvirtd } from '@virgate/libvirt';
import type { PrivateLibvirtdOptions } from '@virgate/libvirt';

await startPrivateLibvirtd(JSON.parse(process.argv[2] ?? '{}') as PrivateLibvirtdOptions);
