import type { Route } from '../routes.ts';
import { apiPaths, type OperationFacts } from './operations.ts';
import { linkSchema, typeRef, typeSchemas, type OpenApiObject } from './schemas.ts';
import { refusalResponse, virgatePaths, virgateSchemas } from './virgate.ts';

/** What a document is made for. */
export interface DocumentOptions {
  /** Version of the API that clients are told. */
  version: string;
  /** What the engine that serves it knows of an operation beside the contract. */
  factsOf?: (route: Route) => OperationFacts;
}

/**
 * The OpenAPI 3.1 document of the REST API, version 4, and of Virgate's own API. Made from the contract's tables alone; the same tables
 * give the same document.
 */
export function openApiDocument({ version, factsOf = () => ({}) }: DocumentOptions): OpenApiObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Virgate',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'The REST API, compatible with oVirt, under /ovirt-engine/api, in JSON and XML; and what Virgate has beside it, under /virgate/api. ' +
        'In the first, whole numbers and booleans are texts, and lists have a wrapper with the name of their members.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { basic: [] }],
    paths: { ...apiPaths(factsOf), ...virgatePaths() },
    components: {
      schemas: { Link: linkSchema, ...typeSchemas(), ...virgateSchemas() },
      responses: {
        Fault: {
          description: 'It is refused. 401 and 404 may have no body; actions answer an Action with the fault inside.',
          content: { 'application/json': { schema: typeRef('Fault') }, 'application/xml': {} },
        },
        Refusal: refusalResponse,
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token of /ovirt-engine/sso/oauth/token or of /virgate/api/tokens.' },
        basic: { type: 'http', scheme: 'basic', description: 'user@profile and password.' },
      },
    },
  };
}
