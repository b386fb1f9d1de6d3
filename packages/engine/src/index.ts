/** The engine as others start it. */
export { createEngine, type EngineOptions, type RunningEngine } from './composition.ts';
export { hashPassword } from './access/passwords.ts';
