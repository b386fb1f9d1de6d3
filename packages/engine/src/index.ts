/** The engine as others start it. */
export { createEngine, type EngineOptions, type RunningEngine } from './composition.ts';
export { hashPassword } from './access/passwords.ts';
export { columnTypes } from './history/columns.ts';
export { recordHistory } from './history/history.ts';
export { engineMigrations } from './tables/migrations.ts';
