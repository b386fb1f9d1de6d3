import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { addTemplateSagas } from './add.ts';
import { removeTemplateSaga } from './remove.ts';

/** All jobs of templates. */
export const templateSagas = (services: SagaServices): EngineSaga[] => [...addTemplateSagas(services), removeTemplateSaga(services)];
