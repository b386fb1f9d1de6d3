import type { PreparedVolume } from '../domain-xml/environment.ts';
import type { VolumeIds } from '../domain-xml/request.ts';

/** Makes volumes ready for guests; the storage half of the agent does it. */
export interface ImagePreparer {
  /** Finds the volume with its whole chain. Twice gives the same. @throws VdsmError */
  prepare(ids: VolumeIds): Promise<PreparedVolume>;
  /** Lets the image of a volume go; one that is not there is let go already. */
  teardown(ids: VolumeIds): Promise<void>;
}
