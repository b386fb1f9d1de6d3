import { createClient } from '@virgate/sdk';

/** The engine that this page came from; the session cookie goes along by itself. */
export const client = createClient({ locale: 'en' });
