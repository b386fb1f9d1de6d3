import { VdsmError } from '@virgate/vdsm';
import { errorCode, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';

/** Largest picture that is sent; a 4K screen as PPM has 24 MiB. */
const maximumBytes = 32 * 1024 * 1024;
const deadlineMs = 20_000;

/** The verb VM.screenshot: the guest's screen as a picture in base64 (VDSM schema, ScreenshotResponse). */
export function screenshotVm(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    try {
      return await vms.call(
        vm,
        'control',
        async (connection) => {
          const { mediaType, stream } = await connection.domainScreenshot(vm.vmId);
          const chunks: Buffer[] = [];
          let size = 0;
          for await (const chunk of stream) {
            size += chunk.length;
            if (size > maximumBytes) throw new VdsmError(errorCode.general, `The screen's picture has more than ${maximumBytes} bytes`);
            chunks.push(chunk);
          }
          return { data: Buffer.concat(chunks).toString('base64'), encoding: 'base64', mime_type: mediaType ?? 'application/octet-stream' };
        },
        deadlineMs,
      );
    } catch (error) {
      throw asFault(error, errorCode.general);
    }
  };
}
