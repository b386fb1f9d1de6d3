import type { Loaders } from '../rest/follow.ts';
import { byIds, listing, one } from '../rest/listing.ts';
import { entity, type Services } from '../rest/operation.ts';
import { addTemplate } from './add.ts';
import { exportTemplate } from './export.ts';
import { readableTemplates } from './read.ts';
import { removeTemplate } from './remove.ts';
import { updateTemplate } from './update.ts';

export const templateServices: Services = {
  TemplatesService: { list: { permit: null, run: (context) => listing(context, 'Template', readableTemplates) }, add: addTemplate },
  TemplateService: {
    get: { permit: null, run: async (context) => entity('Template', await one(context, readableTemplates, context.path['template'])) },
    update: updateTemplate,
    remove: removeTemplate,
    export: exportTemplate,
  },
};

export const templateLoaders: Partial<Loaders> = { entities: { Template: (context, ids) => byIds(context, readableTemplates, ids) } };
