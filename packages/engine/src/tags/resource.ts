import type { Loaders } from '../rest/follow.ts';
import { collection, entity, type Services } from '../rest/operation.ts';
import { assignedTagLoaders, assignedTagService, assignedTags } from './assigned.ts';
import { listTags, oneTag, tagsByIds } from './read.ts';
import { addTag, removeTag, updateTag } from './write.ts';

export const tagServices: Services = {
  TagsService: { list: { permit: null, run: async (context) => collection('Tag', await listTags(context)) }, add: addTag },
  TagService: {
    get: { permit: null, run: async (context) => entity('Tag', await oneTag(context, context.path['tag'])) },
    update: updateTag,
    remove: removeTag,
  },
  AssignedTagsService: assignedTags,
  AssignedTagService: assignedTagService,
};

export const tagLoaders: Partial<Loaders> = { entities: { Tag: tagsByIds }, children: assignedTagLoaders };
