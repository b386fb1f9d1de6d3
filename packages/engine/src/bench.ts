/** Parts of the engine that benchmarks run by themselves, without an engine around them. */
export { columnTypes } from './history/columns.ts';
export { recordHistory, writingSamples } from './history/history.ts';
export { makePartitions } from './history/partitions.ts';
export { prepareInstallation } from './installation/first-start.ts';
export { applyReports, saveVmStatistics } from './monitoring/apply-vms.ts';
export { vmReport } from './monitoring/statistics.ts';
export { seed } from './seeding/seed.ts';
export { engineMigrations } from './tables/migrations.ts';
export type { Tables } from './tables/schema.ts';
export { ensurePart } from './warehouse/partitions.ts';
export type { ReportCriteria } from './warehouse/reports/criteria.ts';
export { reportDeclarations } from './warehouse/reports/declaration.ts';
export { fileOf } from './warehouse/reports/file.ts';
export { runReport } from './warehouse/reports/run.ts';
export { sumUp } from './warehouse/sum.ts';
