import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../vms/start.ts';
import { addTemplateSaga } from './add.ts';
import { removeTemplateSaga } from './remove.ts';

/** All jobs of templates. */
export const templateSagas = (services: SagaServices): EngineSaga[] => [addTemplateSaga(services), removeTemplateSaga(services)];
