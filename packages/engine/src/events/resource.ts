import { entity, type Services } from '../rest/operation.ts';
import { addEvent } from './add.ts';
import { hideEvent, showHiddenEvents } from './hide.ts';
import { listEvents, oneEvent } from './read.ts';

export const eventServices: Services = {
  EventsService: { list: { permit: null, run: listEvents }, add: addEvent, undelete: showHiddenEvents },
  EventService: {
    get: { permit: null, run: async (context) => entity('Event', await oneEvent(context, context.path['event'])) },
    remove: hideEvent,
  },
};
